package opensearch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.query.QueryBuilder;
import org.opensearch.index.query.functionscore.ScoreFunctionBuilder;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.plugins.PluginsService;
import org.opensearch.plugins.SearchPlugin;
import org.opensearch.search.SearchModule;
import org.opensearch.search.aggregations.BaseAggregationBuilder;

/**
 * One OpenSearch node for the tests.
 *
 * <p>It prints what it knows of queries and aggregations, a line each: the kind, a tab, the name; then its address in one
 * line. It keeps its data in a temporary folder, and ends when its
 * standard input does: so it can't outlive the process that started it, however that one ends.
 *
 * <p>Arguments: the HTTP port (0 picks a free one) and the name of the cluster.
 */
public final class TestNode extends Node {
    private static final List<String> PLUGINS = List.of(
            "org.opensearch.transport.Netty4ModulePlugin",
            "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
            "org.opensearch.painless.PainlessModulePlugin",
            "org.opensearch.index.reindex.ReindexModulePlugin",
            "org.opensearch.join.ParentJoinModulePlugin",
            "org.opensearch.percolator.PercolatorModulePlugin",
            "org.opensearch.index.mapper.MapperExtrasModulePlugin",
            "org.opensearch.search.aggregations.matrix.MatrixAggregationModulePlugin",
            "org.opensearch.index.rankeval.RankEvalModulePlugin",
            "org.opensearch.script.mustache.MustacheModulePlugin");

    private static final Map<Class<?>, String> KINDS = Map.of(
            QueryBuilder.class, "query type",
            BaseAggregationBuilder.class, "aggregation type",
            ScoreFunctionBuilder.class, "key of [function_score]");

    private TestNode(Environment environment, List<PluginInfo> plugins) {
        super(environment, plugins, false);
    }

    public static void main(String[] args) throws Exception {
        String port = args.length > 0 ? args[0] : "0";
        String cluster = args.length > 1 ? args[1] : "test";
        Path home = Files.createTempDirectory("opensearch-test-node-");
        TestNode node = create(home, port, cluster);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, home)));
        node.start();
        node.printTypes();
        System.out.println("http://127.0.0.1:" + node.httpPort());
        System.out.flush();
        // Nothing is ever written to it: a read ends when the other side of the pipe is gone.
        while (System.in.read() >= 0) {}
        System.exit(0);
    }

    private static TestNode create(Path home, String port, String cluster) throws IOException {
        Path config = Files.createDirectory(home.resolve("config"));
        Settings settings = Settings.builder()
                .put("path.home", home.toString())
                .put("cluster.name", cluster)
                .put("node.name", cluster + "-1")
                .put("network.host", "127.0.0.1")
                .put("http.port", port)
                .put("transport.port", "0")
                .put("discovery.type", "single-node")
                .put("http.type", "netty4")
                .put("transport.type", "netty4")
                .put("cluster.routing.allocation.disk.threshold_enabled", false)
                .build();
        Environment environment =
                InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), config, () -> cluster + "-1");
        return new TestNode(environment, PLUGINS.stream().map(TestNode::plugin).toList());
    }

    private static PluginInfo plugin(String className) {
        return new PluginInfo(
                className, "a module of the node", Version.CURRENT.toString(), Version.CURRENT, "21", className, null,
                List.of(), false);
    }

    private void printTypes() {
        List<SearchPlugin> plugins = injector().getInstance(PluginsService.class).filterPlugins(SearchPlugin.class);
        for (var entry : new SearchModule(settings(), plugins).getNamedXContents()) {
            String kind = KINDS.get(entry.categoryClass);
            if (kind != null) {
                for (String name : entry.name.getAllNamesIncludedDeprecated()) {
                    System.out.println(kind + "\t" + name);
                }
            }
        }
    }

    private int httpPort() {
        return injector()
                .getInstance(HttpServerTransport.class)
                .boundAddress()
                .publishAddress()
                .getPort();
    }

    private static void stop(Node node, Path home) {
        try {
            node.close();
        } catch (IOException e) {
            System.err.println("the node did not close: " + e);
        }
        try (var paths = Files.walk(home)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("the node's folder was not removed: " + e);
        }
    }
}
