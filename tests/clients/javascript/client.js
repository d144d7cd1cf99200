// opensearch-js, unmodified, as its guides use it: three tenants, each of which sees only its own.
//
// The runner (../main.rs) sets OSPROXY_URL and OSPROXY_INDEX. The tenants are those of ../gateway.toml.
'use strict';

const { deepStrictEqual: same, ok } = require('node:assert');
const { Client, errors } = require('@opensearch-project/opensearch');

const node = process.env.OSPROXY_URL;
const index = process.env.OSPROXY_INDEX;
const credentials = {
  acme: { auth: { username: 'acme', password: 'acme-pass' } },
  initech: { headers: { authorization: 'Bearer initech-token' } },
  globex: { headers: { authorization: 'Bearer globex-token' } },
};

async function main() {
  const tenants = Object.keys(credentials).map((name) => new Tenant(name));
  const [acme, initech, globex] = tenants;
  for (const tenant of tenants) await tenant.saysHello();
  await acme.createsItsIndex();
  await initech.findsItsIndexThere();
  await globex.createsItsIndex();
  await globex.findsItsIndexThere();
  for (const tenant of tenants) await tenant.asksForHealth();
  // All at once, as a service does with its clients.
  await Promise.all(tenants.map((tenant) => tenant.writes()));
  for (const tenant of tenants) await tenant.writesInBulk();
  for (const tenant of tenants) {
    await tenant.readsById();
    await tenant.searches();
    await tenant.searchesWithHelpers();
    await tenant.searchesSeveralAtOnce();
    await tenant.readsPageByPage();
    await tenant.seesOnlyItsOwn(tenants.filter((other) => other !== tenant));
  }
  for (const tenant of tenants) await tenant.deletesByQuery();
  // Each deleted all that it could reach, and what it then stored is still there when the last one has.
  for (const tenant of tenants) same(await tenant.count(), 1);

  const stranger = new Client({ node, auth: { username: 'acme', password: 'another-pass' } });
  same(await statusOf(stranger.info()), 401);
}

class Tenant {
  constructor(name) {
    this.name = name;
    this.client = new Client({ node, ...credentials[name] });
  }

  async saysHello() {
    same((await this.client.ping()).body, true);
    const { body } = await this.client.info();
    same(body.version.distribution, 'opensearch');
  }

  async createsItsIndex() {
    same((await this.client.indices.exists({ index })).body, false);
    const { body } = await this.client.indices.create({ index });
    same([body.acknowledged, body.index], [true, index]);
  }

  async findsItsIndexThere() {
    same((await this.client.indices.exists({ index })).body, true);
    const created = this.client.indices.create({ index });
    same(await statusOf(created, 'resource_already_exists_exception'), 400);
  }

  async asksForHealth() {
    const { body } = await this.client.cluster.health({ wait_for_status: 'yellow' });
    ok(['green', 'yellow'].includes(body.status) && !body.timed_out, JSON.stringify(body));
    ok((await this.client.cluster.health({ index })).body.number_of_nodes >= 1);
  }

  async writes() {
    const put = await this.client.index({ index, id: '1', body: this.book('The Outsider', 1942), refresh: true });
    same([put.statusCode, put.body._index, put.body._id, put.body.result], [201, index, '1', 'created']);
    const minted = await this.client.index({ index, body: this.book('The Plague', 1947) });
    const id = minted.body._id;
    same((await this.client.get({ index, id })).body._source.title, 'The Plague');
    same((await this.client.delete({ index, id })).body.result, 'deleted');
    same(await statusOf(this.client.get({ index, id })), 404);

    const odd = 'a/b?c %25+\u00e9';
    same((await this.client.create({ index, id: odd, body: this.book('The Fall', 1956) })).body._id, odd);
    const again = this.client.create({ index, id: odd, body: this.book('The Fall', 1956) });
    same(await statusOf(again, 'version_conflict_engine_exception'), 409);
    const updated = await this.client.update({ index, id: odd, body: { doc: { year: 1957 } } });
    same([updated.body._id, updated.body.result], [odd, 'updated']);
    same((await this.client.delete({ index, id: odd })).body._id, odd);

    const upsert = { doc: { year: 1942 }, doc_as_upsert: true };
    same((await this.client.update({ index, id: `of-${this.name}`, body: upsert })).body.result, 'created');
  }

  async writesInBulk() {
    const books = Array.from({ length: 40 }, (_, i) => ({ id: String(i + 2), ...this.book(`Volume ${i}`, 1950 + i) }));
    const dropped = [];
    const stats = await this.client.helpers.bulk({
      datasource: books,
      onDocument: ({ id }) => ({ index: { _index: index, _id: id } }),
      onDrop: (document) => dropped.push(document),
      flushBytes: 2000, // several requests
      refreshOnCompletion: index,
    });
    same([stats.total, stats.successful, stats.failed, dropped], [40, 40, 0, []]);

    const retold = await this.client.helpers.bulk({
      datasource: [this.book('Volume 0', 1950)],
      onDocument: () => ({ create: { _index: index, _id: '2' } }),
      onDrop: ({ status, error }) => dropped.push([status, error.type]),
    });
    same([retold.failed, dropped], [1, [[409, 'version_conflict_engine_exception']]]);

    const body = [
      { update: { _index: index, _id: '3' } },
      { doc: { pages: 200 } },
      { delete: { _index: index, _id: 'none-such' } },
    ];
    const { body: answer } = await this.client.bulk({ refresh: true, body });
    same(answer.items.map((item) => Object.values(item)[0].status), [200, 404]);
    same(answer.items.map((item) => Object.values(item)[0]._index), [index, index]);
  }

  async readsById() {
    same((await this.client.exists({ index, id: '1' })).body, true);
    same((await this.client.exists({ index, id: 'none-such' })).body, false);
    same((await this.client.get({ index, id: '1' })).body._source, this.book('The Outsider', 1942));
    same((await this.client.getSource({ index, id: '1' })).body, this.book('The Outsider', 1942));
    const { body } = await this.client.mget({ body: { docs: [{ _index: index, _id: '2' }, { _index: index, _id: 'none-such' }] } });
    same(body.docs.map((doc) => [doc._index, doc._id, doc.found]), [[index, '2', true], [index, 'none-such', false]]);
    const { body: listed } = await this.client.mget({ index, body: { ids: ['2', '3'] } });
    same(listed.docs.map((doc) => doc._source.owner), [this.name, this.name]);
  }

  async searches() {
    const match = await this.client.search({ index, body: { query: { match: { title: { query: 'outsider' } } } } });
    same(match.body.hits.hits.map((hit) => [hit._index, hit._id]), [[index, '1']]);
    const body = {
      query: {
        bool: {
          must: [{ match: { title: 'volume' } }],
          filter: [{ range: { year: { gte: 1960 } } }, { terms: { _id: ['12', '13', '14', '15'] } }],
          must_not: [{ term: { year: 1963 } }],
        },
      },
      sort: [{ year: 'desc' }],
      aggs: {
        decades: { histogram: { field: 'year', interval: 10, min_doc_count: 1 } },
        owners: { terms: { field: 'owner.keyword' }, aggs: { first: { top_hits: { size: 1, sort: [{ year: 'asc' }] } } } },
        pages: { stats: { field: 'pages' } },
      },
    };
    const { body: found } = await this.client.search({ index, body });
    same(found.hits.hits.map((hit) => hit._id), ['14', '13', '12']);
    const { owners, decades } = found.aggregations;
    same(owners.buckets.map((bucket) => [bucket.key, bucket.doc_count]), [[this.name, 3]]);
    same(owners.buckets[0].first.hits.hits.map((hit) => [hit._index, hit._id]), [[index, '12']]);
    same(decades.buckets.map((bucket) => bucket.key), [1960]);
    same((await this.client.search({ index, q: 'title:outsider', _source_includes: 'year' })).body.hits.hits[0]._source, { year: 1942 });
    same(await this.count(), 42);
    same((await this.client.count({ index, body: { query: { match: { title: 'volume' } } } })).body.count, 40);
    same((await this.client.search({ index, size: 0, typed_keys: true, body: { aggs: { pages: { max: { field: 'pages' } } } } })).body.aggregations,
      { 'max#pages': { value: 200 } });
  }

  async searchesWithHelpers() {
    // Sends filter_path=hits.hits._source.
    const documents = await this.client.helpers.search({ index, size: 50, body: { query: { match: { title: 'volume' } } } });
    same(documents.length, 40);
    ok(documents.every((document) => document.owner === this.name));
  }

  async searchesSeveralAtOnce() {
    const { body } = await this.client.msearch({
      body: [{ index }, { query: { match: { title: 'outsider' } } }, { index }, { query: { term: { year: 1960 } } }],
    });
    same(body.responses.map((answer) => answer.hits.hits.map((hit) => hit._id)), [['1'], ['12']]);

    const helper = this.client.helpers.msearch();
    const both = await Promise.all(['outsider', 'volume'].map((title) => helper.search({ index }, { query: { match: { title } } })));
    same(both.map((answer) => answer.body.hits.total.value), [1, 40]);
    helper.stop();
  }

  async readsPageByPage() {
    const search = { index, size: 15, body: { query: { match: { title: 'volume' } } } };
    const pages = [];
    for await (const page of this.client.helpers.scrollSearch(search)) pages.push(page.documents.length);
    same(pages, [15, 15, 10]);
    // Sends filter_path=hits.hits._source,_scroll_id.
    const owners = [];
    for await (const document of this.client.helpers.scrollDocuments(search)) owners.push(document.owner);
    same([owners.length, new Set(owners)], [40, new Set([this.name])]);

    const opened = await this.client.createPit({ index, keep_alive: '1m' });
    const pit = { id: opened.body.pit_id, keep_alive: '1m' };
    const { body } = await this.client.search({ body: { pit, size: 2, sort: [{ year: 'desc' }] } });
    same(body.hits.hits.map((hit) => [hit._index, hit._source.owner]), [[index, this.name], [index, this.name]]);
    const closed = await this.client.deletePit({ body: { pit_id: [pit.id] } });
    same(closed.body.pits, [{ pit_id: pit.id, successful: true }]);
  }

  async seesOnlyItsOwn(others) {
    for (const { name } of others) {
      same((await this.client.count({ index, body: { query: { match: { owner: name } } } })).body.count, 0);
      same((await this.client.exists({ index, id: `of-${name}` })).body, false);
      same((await this.client.exists({ index, id: `${name}:1` })).body, false);
      same(await statusOf(this.client.delete({ index, id: `of-${name}` })), 404);
    }
    const { body } = await this.client.search({ index, size: 100, body: { query: { exists: { field: 'owner' } } } });
    same([...new Set(body.hits.hits.map((hit) => hit._source.owner))], [this.name]);
  }

  async deletesByQuery() {
    const { body } = await this.client.deleteByQuery({ index, refresh: true, body: { query: { match: { title: 'volume' } } } });
    same([body.total, body.deleted, body.failures], [40, 40, []]);
    await this.client.deleteByQuery({ index, refresh: true, body: { query: { match_all: {} } } });
    await this.client.index({ index, id: 'last', body: this.book('The First Man', 1994) });
    await this.client.indices.refresh({ index });
  }

  async count() {
    return (await this.client.count({ index })).body.count;
  }

  book(title, year) {
    return { title, author: 'Albert Camus', year, pages: 100 + (year % 10), owner: this.name };
  }
}

async function statusOf(call, type) {
  try {
    return (await call).statusCode;
  } catch (error) {
    ok(error instanceof errors.ResponseError, error);
    if (type) same(error.body.error.type, type);
    return error.statusCode;
  }
}

main().catch((error) => {
  console.error(error, JSON.stringify(error.meta?.body));
  process.exit(1);
});
