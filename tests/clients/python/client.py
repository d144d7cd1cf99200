"""opensearch-py, unmodified, as its user guide uses it: three tenants, each of which sees only its own.

The runner (../main.rs) sets OSPROXY_URL and OSPROXY_INDEX. The tenants are those of ../gateway.toml.
"""

import os
from datetime import date, timedelta

from opensearchpy import ConflictError, NotFoundError, OpenSearch, RequestError, helpers

URL = os.environ["OSPROXY_URL"]
INDEX = os.environ["OSPROXY_INDEX"]

ACME = {"http_auth": ("acme", "acme-pass")}
INITECH = {"headers": {"Authorization": "Bearer initech-token"}}
GLOBEX = {"headers": {"Authorization": "Bearer globex-token"}}
GLOBEX_BASIC = {"http_auth": ("globex", "globex-pass")}

DIRECTORS = ["Bennett Miller", "Greta Gerwig", "Agnes Varda"]


def main():
    shared = [Tenant("acme", ACME), Tenant("initech", INITECH)]
    tenants = shared + [Tenant("globex", GLOBEX)]
    for tenant in tenants:
        tenant.says_hello()
    first, second = shared
    first.creates_its_index()
    second.finds_its_index_there()
    tenants[-1].creates_its_index()
    tenants[-1].finds_its_index_there()
    for tenant in tenants:
        tenant.asks_for_health()
        tenant.writes_documents()
        tenant.writes_in_bulk()
    for tenant in tenants:
        tenant.reads_by_id()
        tenant.searches()
        tenant.aggregates()
        tenant.searches_several_at_once()
        tenant.reads_page_by_page()
        tenant.sees_only_its_own(others=[other.name for other in tenants if other is not tenant])
    for tenant in tenants:
        for other in tenants:
            if other is not tenant:
                tenant.cannot_read_on_for(other)
    for tenant in tenants:
        tenant.updates_by_query()
        tenant.deletes_by_query()
    # Each deleted all that it could reach, and what it then stored is still there when the last one has.
    for tenant in tenants:
        same(tenant.client.count(index=INDEX)["count"], 1)

    compressed = OpenSearch(URL, http_compress=True, **GLOBEX_BASIC)
    same(compressed.count(index=INDEX)["count"], 1)
    stranger = OpenSearch(URL, http_auth=("acme", "another-pass"))
    same(status_of(lambda: stranger.info()), 401)


class Tenant:
    def __init__(self, name, credentials):
        self.name = name
        self.client = OpenSearch(URL, **credentials)

    def says_hello(self):
        assert self.client.ping()
        info = self.client.info()
        same(info["version"]["distribution"], "opensearch")
        assert int(info["version"]["number"].split(".")[0]) >= 2, info

    def creates_its_index(self):
        same(self.client.indices.exists(index=INDEX), False)
        created = self.client.indices.create(index=INDEX)
        same((created["acknowledged"], created["index"]), (True, INDEX))
        same(self.client.indices.exists(index=INDEX), True)

    def finds_its_index_there(self):
        same(self.client.indices.exists(index=INDEX), True)
        try:
            self.client.indices.create(index=INDEX)
        except RequestError as error:
            same((error.status_code, error.error), (400, "resource_already_exists_exception"))
        else:
            raise AssertionError("an index was created twice")

    def asks_for_health(self):
        health = self.client.cluster.health(wait_for_status="yellow")
        assert health["status"] in ("green", "yellow") and not health["timed_out"], health
        assert self.client.cluster.health(index=INDEX)["number_of_nodes"] >= 1

    def writes_documents(self):
        put = self.client.index(index=INDEX, id="1", body=self.film("Moneyball", 2011, 0), refresh=True)
        same((put["_index"], put["_id"], put["result"]), (INDEX, "1", "created"))
        put = self.client.index(index=INDEX, id="1", body=self.film("Moneyball", 2011, 0))
        same((put["result"], put["_version"]), ("updated", 2))

        minted = self.client.index(index=INDEX, body=self.film("Foxcatcher", 2014, 0))
        same(minted["result"], "created")
        same(self.client.get(index=INDEX, id=minted["_id"])["_source"]["title"], "Foxcatcher")
        same(self.client.delete(index=INDEX, id=minted["_id"])["result"], "deleted")
        try:
            self.client.get(index=INDEX, id=minted["_id"])
        except NotFoundError as error:
            same((error.info["_index"], error.info["_id"], error.info["found"]), (INDEX, minted["_id"], False))
        else:
            raise AssertionError("a deleted document was found")

        odd = "a/b?c %25+\u00e9"
        same(self.client.create(index=INDEX, id=odd, body=self.film("Capote", 2005, 0))["_id"], odd)
        try:
            self.client.create(index=INDEX, id=odd, body=self.film("Capote", 2005, 0))
        except ConflictError as error:
            same(error.error, "version_conflict_engine_exception")
        else:
            raise AssertionError("a document was created twice")
        updated = self.client.update(index=INDEX, id=odd, body={"doc": {"year": 2006}}, _source=True)
        same((updated["_id"], updated["result"], updated["get"]["_source"]["year"]), (odd, "updated", 2006))
        same(self.client.delete(index=INDEX, id=odd, refresh=True)["_id"], odd)

        upsert = {"doc": {"year": 2011}, "doc_as_upsert": True}
        same(self.client.update(index=INDEX, id=f"of-{self.name}", body=upsert)["result"], "created")
        stored = self.client.get(index=INDEX, id="1")
        swapped = self.client.index(
            index=INDEX,
            id="1",
            body=self.film("Moneyball", 2011, 0),
            if_seq_no=stored["_seq_no"],
            if_primary_term=stored["_primary_term"],
        )
        same(swapped["_version"], 3)

    def writes_in_bulk(self):
        actions = [
            {"_index": INDEX, "_id": str(i), "_source": self.film(f"Film {i} and its sequel", 2000 + i, i)}
            for i in range(2, 22)
        ]
        same(helpers.bulk(self.client, actions, refresh=True), (20, []))

        mixed = [
            {"_op_type": "create", "_index": INDEX, "_id": "2", "_source": self.film("Twice", 1990, 0)},
            {"_op_type": "update", "_index": INDEX, "_id": "3", "doc": {"rating": 9.5}},
            {"_op_type": "delete", "_index": INDEX, "_id": "21"},
            {"_op_type": "delete", "_index": INDEX, "_id": "none-such"},
        ]
        answers = list(helpers.streaming_bulk(self.client, mixed, raise_on_error=False, refresh=True))
        found = [(ok, *((action, i["_index"], i["_id"], i["status"]) for action, i in answer.items())) for ok, answer in answers]
        same(found, [
            (False, ("create", INDEX, "2", 409)),
            (True, ("update", INDEX, "3", 200)),
            (True, ("delete", INDEX, "21", 200)),
            (False, ("delete", INDEX, "none-such", 404)),
        ])

        lines = [{"index": {"_id": "21"}}, self.film("Film 21 and its sequel", 2021, 21)]
        same(self.client.bulk(index=INDEX, body=lines, refresh=True)["errors"], False)

    def reads_by_id(self):
        assert self.client.exists(index=INDEX, id="1")
        assert not self.client.exists(index=INDEX, id="none-such")
        same(self.client.get(index=INDEX, id="2")["_source"], self.film("Film 2 and its sequel", 2002, 2))
        same(self.client.get_source(index=INDEX, id="2")["owner"], self.name)
        same(self.client.get(index=INDEX, id="2", _source_includes="year")["_source"], {"year": 2002})

        docs = self.client.mget(index=INDEX, body={"ids": ["2", "none-such", "3"]})["docs"]
        same([(doc["_index"], doc["_id"], doc["found"]) for doc in docs],
             [(INDEX, "2", True), (INDEX, "none-such", False), (INDEX, "3", True)])
        docs = self.client.mget(body={"docs": [{"_index": INDEX, "_id": "4"}]})["docs"]
        same(docs[0]["_source"]["owner"], self.name)

    def searches(self):
        everything = self.client.search(index=INDEX, body={"query": {"match_all": {}}, "size": 100})
        same(everything["hits"]["total"], {"value": 22, "relation": "eq"})
        hits = everything["hits"]["hits"]
        same({hit["_index"] for hit in hits}, {INDEX})
        same({hit["_id"] for hit in hits}, {str(i) for i in range(1, 22)} | {f"of-{self.name}"})
        same(self.client.search(index=INDEX)["hits"]["total"]["value"], 22)
        same(self.client.search(index=INDEX, q="title:moneyball")["hits"]["total"]["value"], 1)

        multi = {"query": {"multi_match": {"query": "moneyball miller", "fields": ["title^2", "director"]}}, "size": 5}
        same(self.titles(multi)[:1], ["Moneyball"])
        same(self.titles({"query": {"match": {"title": {"query": "moneyball", "fuzziness": "AUTO"}}}}), ["Moneyball"])
        narrow = {
            "query": {
                "bool": {
                    "must": [{"match": {"title": "sequel"}}],
                    "filter": [{"range": {"year": {"gte": 2005, "lt": 2010}}}],
                    "must_not": [{"ids": {"values": ["7"]}}],
                    "should": [{"term": {"director.keyword": DIRECTORS[0]}}],
                }
            },
            "sort": [{"year": "desc"}],
            "_source": ["title"],
        }
        same(self.titles(narrow), [f"Film {i} and its sequel" for i in (9, 8, 6, 5)])
        page = self.client.search(index=INDEX, body={**narrow, "from": 1, "size": 2})["hits"]["hits"]
        same([hit["_id"] for hit in page], ["8", "6"])
        page = self.client.search(index=INDEX, body={**narrow, "search_after": page[-1]["sort"]})["hits"]["hits"]
        same([hit["_id"] for hit in page], ["5"])

        marked = {"query": {"match": {"title": "moneyball"}}, "highlight": {"fields": {"title": {}}}}
        hit = self.client.search(index=INDEX, body=marked)["hits"]["hits"][0]
        same(hit["highlight"], {"title": ["<em>Moneyball</em>"]})

        same(self.client.count(index=INDEX)["count"], 22)
        same(self.client.count(index=INDEX, body={"query": {"exists": {"field": "title"}}})["count"], 21)

    def aggregates(self):
        answer = self.client.search(index=INDEX, body={
            "size": 0,
            "aggs": {
                "directors": {
                    "terms": {"field": "director.keyword"},
                    "aggs": {"best": {"max": {"field": "rating"}}},
                },
                "rating": {"avg": {"field": "rating"}},
                "owners": {"cardinality": {"field": "owner.keyword"}},
                "months": {"date_histogram": {"field": "seen", "calendar_interval": "month", "min_doc_count": 1}},
            },
        })
        aggregations = answer["aggregations"]
        same(sorted((b["key"], b["doc_count"]) for b in aggregations["directors"]["buckets"]),
             list(zip(sorted(DIRECTORS), (7, 8, 6))))
        same(sum(b["doc_count"] for b in aggregations["months"]["buckets"]), 21)
        same(aggregations["owners"]["value"], 1)
        assert aggregations["rating"]["value"] > 0

    def searches_several_at_once(self):
        answers = self.client.msearch(body=[
            {"index": INDEX},
            {"query": {"match": {"title": "moneyball"}}},
            {"index": INDEX},
            {"query": {"term": {"year": 2004}}, "size": 1},
        ])["responses"]
        same([answer["status"] for answer in answers], [200, 200])
        same([[hit["_id"] for hit in answer["hits"]["hits"]] for answer in answers], [["1"], ["4"]])

    def reads_page_by_page(self):
        everything = {str(i) for i in range(1, 22)} | {f"of-{self.name}"}
        scanned = list(helpers.scan(self.client, index=INDEX, query={"query": {"match_all": {}}}, size=5))
        same(sorted(hit["_id"] for hit in scanned), sorted(everything))
        same({hit["_index"] for hit in scanned}, {INDEX})

        pit = self.client.create_pit(index=INDEX, params={"keep_alive": "1m"})["pit_id"]
        # Written after the PIT was opened, so not seen through it.
        self.client.index(index=INDEX, id="late", body=self.film("Late", 2026, 0), refresh=True)
        found, after = [], {}
        while True:
            body = {"pit": {"id": pit, "keep_alive": "1m"}, "size": 9, "sort": [{"_id": "asc"}], **after}
            page = self.client.search(body=body)
            if not page["hits"]["hits"]:
                break
            pit = page.get("pit_id", pit)
            found += [hit["_id"] for hit in page["hits"]["hits"]]
            after = {"search_after": page["hits"]["hits"][-1]["sort"]}
        same(found, sorted(everything))
        closed = self.client.delete_pit(body={"pit_id": [pit]})["pits"]
        same([(one["pit_id"], one["successful"]) for one in closed], [(pit, True)])
        self.client.delete(index=INDEX, id="late", refresh=True)

    def cannot_read_on_for(self, other):
        scroll_id = other.client.search(index=INDEX, body={"size": 1}, scroll="1m")["_scroll_id"]
        same(status_of(lambda: self.client.scroll(body={"scroll_id": scroll_id, "scroll": "1m"})), 404)
        same(len(other.client.scroll(body={"scroll_id": scroll_id, "scroll": "1m"})["hits"]["hits"]), 1)
        same(other.client.clear_scroll(body={"scroll_id": [scroll_id]})["succeeded"], True)

    def sees_only_its_own(self, others):
        for other in others:
            same(self.client.count(index=INDEX, body={"query": {"match": {"owner": other}}})["count"], 0)
            same(self.client.search(index=INDEX, body={"query": {"ids": {"values": [f"of-{other}"]}}})["hits"]["hits"], [])
            assert not self.client.exists(index=INDEX, id=f"of-{other}")
            assert not self.client.exists(index=INDEX, id=f"{other}:1")
            same(self.client.delete(index=INDEX, id=f"of-{other}", ignore=404)["result"], "not_found")
        hits = self.client.search(index=INDEX, body={"query": {"exists": {"field": "owner"}}, "size": 100})["hits"]["hits"]
        same({hit["_source"]["owner"] for hit in hits}, {self.name})

    def updates_by_query(self):
        answer = self.client.update_by_query(index=INDEX, body={"query": {"term": {"year": 2004}}}, refresh=True)
        same((answer["total"], answer["updated"], answer["failures"]), (1, 1, []))

    def deletes_by_query(self):
        answer = self.client.delete_by_query(index=INDEX, body={"query": {"range": {"year": {"gte": 2015}}}}, refresh=True)
        same((answer["total"], answer["deleted"], answer["failures"]), (7, 7, []))
        same(self.client.count(index=INDEX)["count"], 15)
        answer = self.client.delete_by_query(index=INDEX, body={"query": {"match_all": {}}}, refresh=True)
        same(answer["deleted"], 15)
        self.client.index(index=INDEX, id="last", body=self.film("The last", 2026, 0))
        self.client.indices.refresh(index=INDEX)

    def titles(self, body):
        return [hit["_source"]["title"] for hit in self.client.search(index=INDEX, body=body)["hits"]["hits"]]

    def film(self, title, year, i):
        return {
            "title": title,
            "director": DIRECTORS[i % len(DIRECTORS)],
            "year": year,
            "rating": 5 + i / 8,
            "seen": str(date(2026, 1, 1) + timedelta(days=10 * i)),
            "owner": self.name,
        }


def status_of(call):
    try:
        call()
    except Exception as error:  # noqa: BLE001: every error of the client's has the status
        return error.status_code
    return 200


def same(found, expected):
    assert found == expected, f"{found!r}, expected {expected!r}"


if __name__ == "__main__":
    main()
