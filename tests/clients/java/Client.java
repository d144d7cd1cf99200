import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.opensearch.client.opensearch.OpenSearchClient;
import org.opensearch.client.opensearch._types.FieldValue;
import org.opensearch.client.opensearch._types.HealthStatus;
import org.opensearch.client.opensearch._types.OpenSearchException;
import org.opensearch.client.opensearch._types.Refresh;
import org.opensearch.client.opensearch._types.Result;
import org.opensearch.client.opensearch._types.SortOrder;
import org.opensearch.client.opensearch.core.BulkRequest;
import org.opensearch.client.opensearch.core.search.Hit;
import org.opensearch.client.opensearch.core.search.Pit;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5TransportBuilder;
import org.opensearch.client.transport.httpclient5.ResponseException;

/**
 * opensearch-java, unmodified, as its guides use it: three tenants, each of which sees only its own.
 *
 * <p>Its answers are typed: a key that is missing from one of them is an exception, whether anybody asks for it or not.
 *
 * <p>The runner (../main.rs) sets OSPROXY_URL and OSPROXY_INDEX. The tenants are those of ../gateway.toml.
 */
public final class Client {
    private static final String INDEX = System.getenv("OSPROXY_INDEX");
    private static final URI URL = URI.create(System.getenv("OSPROXY_URL"));

    public static final class Song {
        public String title;
        public int year;
        public String owner;

        static Song of(String title, int year, String owner) {
            Song song = new Song();
            song.title = title;
            song.year = year;
            song.owner = owner;
            return song;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Song song && song.year == year && Objects.equals(song.title, title)
                    && Objects.equals(song.owner, owner);
        }

        @Override
        public int hashCode() {
            return Objects.hash(title, year, owner);
        }

        @Override
        public String toString() {
            return title + " " + year + " " + owner;
        }
    }

    private final String name;
    private final OpenSearchClient client;

    private Client(String name, String authorization) {
        this.name = name;
        HttpHost host = new HttpHost(URL.getScheme(), URL.getHost(), URL.getPort());
        Header[] headers = {new BasicHeader("Authorization", authorization)};
        this.client = new OpenSearchClient(
                ApacheHttpClient5TransportBuilder.builder(host).setDefaultHeaders(headers).build());
    }

    public static void main(String[] args) throws Exception {
        Client acme = new Client("acme", basic("acme", "acme-pass"));
        Client initech = new Client("initech", "Bearer initech-token");
        Client globex = new Client("globex", basic("globex", "globex-pass"));
        List<Client> tenants = List.of(acme, initech, globex);
        for (Client tenant : tenants) {
            tenant.saysHello();
        }
        acme.createsItsIndex();
        initech.findsItsIndexThere();
        globex.createsItsIndex();
        for (Client tenant : tenants) {
            tenant.writes();
            tenant.writesInBulk();
        }
        for (Client tenant : tenants) {
            tenant.asksForHealth();
            tenant.readsById();
            tenant.searches();
            tenant.readsPageByPage();
            for (Client other : tenants) {
                if (other != tenant) {
                    tenant.seesNothingOf(other);
                }
            }
        }
        for (Client tenant : tenants) {
            tenant.deletesByQuery();
        }
        // Each deleted all that it could reach, and what it then stored is still there when the last one has.
        for (Client tenant : tenants) {
            same(tenant.count(), 1L);
        }
        Client stranger = new Client("stranger", basic("acme", "another-pass"));
        try {
            stranger.client.info();
            throw new AssertionError("a stranger was let in");
        } catch (IOException refused) {
            same(refused.getMessage(), "Unauthorized access");
        }
        System.exit(0); // The client's threads would go on.
    }

    private void saysHello() throws Exception {
        same(client.ping().value(), true);
        var info = client.info();
        same(info.version().distribution(), "opensearch");
        check(Integer.parseInt(info.version().number().split("\\.")[0]) >= 2, info.version().number());
    }

    private void createsItsIndex() throws Exception {
        same(client.indices().exists(r -> r.index(INDEX)).value(), false);
        same(client.indices().create(r -> r.index(INDEX)).index(), INDEX);
        findsItsIndexThere();
    }

    private void findsItsIndexThere() throws Exception {
        same(client.indices().exists(r -> r.index(INDEX)).value(), true);
        same(statusOf(() -> client.indices().create(r -> r.index(INDEX))), 400);
    }

    private void asksForHealth() throws Exception {
        var health = client.cluster().health(r -> r.waitForStatus(HealthStatus.Yellow));
        check(health.status() != HealthStatus.Red && !health.timedOut(), "health");
        check(client.cluster().health(r -> r.index(INDEX)).numberOfNodes() >= 1, "nodes");
    }

    private void writes() throws Exception {
        var put = client.index(r -> r.index(INDEX).id("1").document(Song.of("So What", 1959, name)).refresh(Refresh.True));
        same(List.of(put.index(), put.id(), put.result()), List.of(INDEX, "1", Result.Created));
        var minted = client.index(r -> r.index(INDEX).document(Song.of("Naima", 1960, name)));
        same(client.get(r -> r.index(INDEX).id(minted.id()), Song.class).source().title, "Naima");
        same(client.delete(r -> r.index(INDEX).id(minted.id())).result(), Result.Deleted);
        same(client.get(r -> r.index(INDEX).id(minted.id()), Song.class).found(), false);

        String odd = "a/b?c %25+\u00e9";
        same(client.create(r -> r.index(INDEX).id(odd).document(Song.of("Peri's Scope", 1959, name))).id(), odd);
        same(statusOf(() -> client.create(r -> r.index(INDEX).id(odd).document(new Song()))), 409);
        var updated = client.update(r -> r.index(INDEX).id(odd).doc(Map.of("year", 1960)), Song.class);
        same(List.of(updated.id(), updated.result()), List.of(odd, Result.Updated));
        same(client.delete(r -> r.index(INDEX).id(odd).refresh(Refresh.True)).id(), odd);

        var stored = client.get(r -> r.index(INDEX).id("1"), Song.class);
        var swapped = client.index(r -> r.index(INDEX).id("1").document(stored.source())
                .ifSeqNo(stored.seqNo()).ifPrimaryTerm(stored.primaryTerm()));
        same(swapped.version(), 2L);
    }

    private void writesInBulk() throws Exception {
        BulkRequest.Builder bulk = new BulkRequest.Builder().index(INDEX).refresh(Refresh.True);
        for (int i = 2; i < 22; i++) {
            String id = String.valueOf(i);
            Song song = Song.of("Take " + i, 1960 + i, name);
            bulk.operations(o -> o.index(x -> x.id(id).document(song)));
        }
        bulk.operations(o -> o.delete(x -> x.id("none-such")));
        var answer = client.bulk(bulk.build());
        same(answer.items().size(), 21);
        same(answer.items().get(20).status(), 404);
        same(answer.items().get(0).index(), INDEX);
        var again = client.bulk(r -> r.operations(o -> o.create(x -> x.index(INDEX).id("2").document(new Song()))));
        same(again.errors(), true);
        same(again.items().get(0).status(), 409);
    }

    private void readsById() throws Exception {
        same(client.exists(r -> r.index(INDEX).id("1")).value(), true);
        same(client.exists(r -> r.index(INDEX).id("none-such")).value(), false);
        same(client.get(r -> r.index(INDEX).id("2"), Song.class).source(), Song.of("Take 2", 1962, name));
        var docs = client.mget(r -> r.index(INDEX).ids("2", "none-such"), Song.class).docs();
        same(List.of(docs.get(0).result().found(), docs.get(1).result().found()), List.of(true, false));
    }

    private void searches() throws Exception {
        var found = client.search(r -> r.index(INDEX).size(5)
                .query(q -> q.bool(b -> b
                        .must(m -> m.match(t -> t.field("title").query(FieldValue.of("take"))))
                        .filter(f -> f.terms(t -> t.field("year").terms(v -> v.value(List.of(FieldValue.of(1970), FieldValue.of(1971))))))))
                .sort(s -> s.field(f -> f.field("year").order(SortOrder.Desc)))
                .aggregations("owners", a -> a.terms(t -> t.field("owner.keyword")))
                .highlight(h -> h.fields("title", f -> f)), Song.class);
        same(found.hits().total().value(), 2L);
        same(ids(found.hits().hits()), List.of("11", "10"));
        same(found.hits().hits().get(0).index(), INDEX);
        same(found.hits().hits().get(0).highlight().get("title"), List.of("<em>Take</em> 11"));
        var owners = found.aggregations().get("owners").sterms().buckets().array();
        same(owners.size(), 1);
        same(owners.get(0).docCount(), 2L);

        var several = client.msearch(r -> r
                .searches(s -> s.header(h -> h.index(INDEX)).body(b -> b.query(q -> q.ids(i -> i.values("1")))))
                .searches(s -> s.header(h -> h.index(INDEX)).body(b -> b.query(q -> q.matchAll(m -> m)).size(0))), Song.class);
        same(ids(several.responses().get(0).result().hits().hits()), List.of("1"));
        same(several.responses().get(1).result().hits().total().value(), 21L);
        same(count(), 21L);
    }

    private void readsPageByPage() throws Exception {
        Set<String> all = new TreeSet<>();
        for (int i = 1; i < 22; i++) {
            all.add(String.valueOf(i));
        }
        List<String> seen = new ArrayList<>();
        var first = client.search(r -> r.index(INDEX).size(8).scroll(t -> t.time("1m")), Song.class);
        seen.addAll(ids(first.hits().hits()));
        String scroll = first.scrollId();
        while (true) {
            String at = scroll;
            var page = client.scroll(r -> r.scrollId(at).scroll(t -> t.time("1m")), Song.class);
            if (page.hits().hits().isEmpty()) {
                break;
            }
            seen.addAll(ids(page.hits().hits()));
            scroll = page.scrollId();
        }
        String last = scroll;
        same(client.clearScroll(r -> r.scrollId(last)).succeeded(), true);
        same(seen.size(), 21);
        same(new TreeSet<>(seen), all);

        String pit = client.createPit(r -> r.index(INDEX).keepAlive(t -> t.time("1m"))).pitId();
        var page = client.search(r -> r.size(30).pit(new Pit.Builder().id(pit).keepAlive("1m").build())
                .sort(s -> s.field(f -> f.field("year").order(SortOrder.Asc))), Song.class);
        same(new TreeSet<>(ids(page.hits().hits())), all);
        same(client.deletePit(r -> r.pitId(pit)).pits().get(0).successful(), true);
    }

    private void seesNothingOf(Client other) throws Exception {
        var found = client.search(r -> r.index(INDEX)
                .query(q -> q.match(m -> m.field("owner").query(FieldValue.of(other.name)))), Song.class);
        same(found.hits().total().value(), 0L);
        same(client.get(r -> r.index(INDEX).id(other.name + ":1"), Song.class).found(), false);
    }

    private void deletesByQuery() throws Exception {
        var deleted = client.deleteByQuery(r -> r.index(INDEX).query(q -> q.matchAll(m -> m)).refresh(Refresh.True));
        same(deleted.deleted(), 21L);
        client.index(r -> r.index(INDEX).id("last").document(Song.of("The last", 2026, name)));
        client.indices().refresh(r -> r.index(INDEX));
    }

    private long count() throws Exception {
        return client.count(r -> r.index(INDEX)).count();
    }

    private static List<String> ids(List<Hit<Song>> hits) {
        return hits.stream().map(Hit::id).toList();
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes());
    }

    private static int statusOf(Callable<?> call) throws Exception {
        try {
            call.call();
            return 200;
        } catch (OpenSearchException error) {
            return error.status();
        } catch (ResponseException error) {
            return error.status();
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static void same(Object found, Object expected) {
        check(Objects.equals(found, expected), found + ", expected " + expected);
    }
}
