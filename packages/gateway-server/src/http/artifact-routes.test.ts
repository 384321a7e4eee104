import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '@tyrum/contracts';
import { createMemoryStore, generateGatewayKey, type MemoryStore, nodeSigner } from '@tyrum/gateway-core';
import { afterEach, describe, expect, it } from 'vitest';
import { createBlobDirectory } from '../blob-directory.ts';
import { createServer, type Server } from '../create-server.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A gateway on a port, with a directory for bytes. */
async function start({ store = createMemoryStore() as MemoryStore, maxArtifactBytes = 1_000_000, path = '' } = {}) {
  const directory = path === '' ? await mkdtemp(join(tmpdir(), 'tyrum-artifacts-')) : path;
  if (path === '') ends.push(() => rm(directory, { recursive: true, force: true }));
  const server: Server = await createServer({
    store,
    signer: nodeSigner(generateGatewayKey()),
    blobs: await createBlobDirectory(directory),
    limits: { max_artifact_bytes: maxArtifactBytes, drain_ms: 0 },
    http: { closeTimeoutMs: 100 },
  });
  ends.push(server.close);
  const { http, port } = await server.listen();
  const tokenWith = async (...scopes: Scope[]) =>
    (await server.gateway.tokens.issue({ tenant: 'acme', roles: ['client'], scopes })).token;
  const token = await tokenWith('operator.read', 'operator.write');
  return {
    server,
    store,
    port,
    directory,
    token,
    tokenWith,
    http,
    put: (id: string, body: BodyInit, { headers = {}, query = 'filename=build.log', as = token } = {}) =>
      fetch(`${http}/artifacts/${id}?${query}`, {
        method: 'PUT',
        body,
        headers: { Authorization: `Bearer ${as}`, 'Content-Type': 'text/plain', ...headers },
      }),
    get: (id: string, headers: Record<string, string> = {}, method = 'GET') =>
      fetch(`${http}/artifacts/${id}`, { method, headers: { Authorization: `Bearer ${token}`, ...headers } }),
    async events() {
      const read = await store.log.read('acme', 0, 1000);
      return read.map(({ type, payload }) => ({ type, payload: JSON.parse(payload) }));
    },
    /** The files that have bytes. */
    async files() {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    async list() {
      const response = await fetch(`${http}/rpc/artifact.list`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        body: JSON.stringify({ request_id: randomUUID(), type: 'artifact.list', payload: {} }),
      });
      return (await response.json()).result.artifacts as { artifact_id: string }[];
    },
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const digest = (text: string) => ({ 'Repr-Digest': `sha-256=:${sha256(text).toString('base64')}:` });

describe('an artifact over HTTP', () => {
  it('is kept under the id of its sender, announced, listed, and given back [AF-1]', async () => {
    const world = await start();
    const id = randomUUID();

    const put = await world.put(id, 'hello', {
      headers: digest('hello'),
      query: 'filename=a%20b.log&kind=log&label=x&label=y',
    });
    const { artifact } = await put.json();
    const got = await world.get(id);

    expect(put.status).toBe(201);
    expect(artifact).toEqual({
      artifact_id: id,
      uri: `artifact:${id}`,
      external_url: `/artifacts/${id}`,
      kind: 'log',
      media_class: 'document',
      created_at: expect.any(String),
      filename: 'a b.log',
      mime_type: 'text/plain',
      labels: ['x', 'y'],
      size_bytes: 5,
      sha256: sha256('hello').toString('hex'),
    });
    expect(got.status).toBe(200);
    expect(await got.text()).toBe('hello');
    expect(Object.fromEntries(got.headers)).toMatchObject({
      'content-length': '5',
      'content-type': 'text/plain',
      'content-disposition': "attachment; filename*=UTF-8''a%20b.log",
      'x-content-type-options': 'nosniff',
      etag: `"${sha256('hello').toString('hex')}"`,
      'repr-digest': digest('hello')['Repr-Digest'],
    });
    expect(await world.list()).toEqual([artifact]);
    expect(await world.events()).toEqual([
      { type: 'artifact.created', payload: { artifact } },
      { type: 'artifact.fetched', payload: { artifact, fetched_by: expect.stringMatching(/^token:/) } },
    ]);
  });

  it('is given in part, conditionally, and by its head [AF-2]', async () => {
    const world = await start();
    const id = randomUUID();
    await world.put(id, 'hello world');
    const etag = `"${sha256('hello world').toString('hex')}"`;
    const part = async (headers: Record<string, string>) => {
      const response = await world.get(id, headers);
      return [response.status, response.headers.get('content-range'), await response.text()];
    };

    expect(await part({ Range: 'bytes=6-' })).toEqual([206, 'bytes 6-10/11', 'world']);
    expect(await part({ Range: 'bytes=-5', 'If-Range': etag })).toEqual([206, 'bytes 6-10/11', 'world']);
    expect(await part({ Range: 'bytes=-5', 'If-Range': '"other"' })).toEqual([200, null, 'hello world']);
    expect(await part({ Range: 'bytes=11-' })).toEqual([416, 'bytes */11', '']);
    expect(await part({ 'If-None-Match': etag })).toEqual([304, null, '']);
    const head = await world.get(id, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '11', '']);
    // The one whole fetch is told; a part that does not begin at the beginning goes on with one.
    expect((await world.events()).map(({ type }) => type)).toEqual(['artifact.created', 'artifact.fetched']);
  });

  it('is kept once, however often the same bytes come, and is not replaced by others [AF-1]', async () => {
    const world = await start();
    const id = randomUUID();
    await world.put(id, 'hello');

    const again = await world.put(id, 'hello', { query: 'filename=other.log' });
    const known = await world.put(id, '', { headers: digest('hello') });
    const other = await world.put(id, 'hello!');

    expect([again.status, known.status, other.status]).toEqual([200, 200, 409]);
    expect((await again.json()).artifact.filename).toBe('build.log');
    expect((await other.json()).error).toMatchObject({ code: 'conflict', details: { artifact: { artifact_id: id } } });
    expect(await world.files()).toHaveLength(1);
    expect((await world.events()).map(({ type }) => type)).toEqual(['artifact.created']);
  });

  it('is kept once when it is sent many times at once', async () => {
    const world = await start();
    const id = randomUUID();

    const answers = await Promise.all(Array.from({ length: 8 }, () => world.put(id, 'hello')));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(await world.files()).toHaveLength(1);
  });

  it.each([
    ['with other bytes than its digest says', 'hello', { headers: digest('other') }, 400, 'contract_error'],
    ['with a digest that is none', 'hello', { headers: { 'Repr-Digest': 'sha-256=:abc:' } }, 400, 'contract_error'],
    ['without a name', 'hello', { query: 'kind=log' }, 400, 'contract_error'],
    ['of an unknown kind', 'hello', { query: 'filename=a&kind=secret' }, 400, 'contract_error'],
    ['with a word that nobody knows', 'hello', { query: 'filename=a&colour=red' }, 400, 'contract_error'],
    ['of a turn that is not there', 'hello', { query: `filename=a&turn_id=${randomUUID()}` }, 404, 'not_found'],
    [
      'of a dispatch that it does not hold',
      'hello',
      { query: `filename=a&dispatch_id=${randomUUID()}` },
      404,
      'not_found',
    ],
    ['that is too large', 'x'.repeat(1001), {}, 413, 'too_large'],
  ])('is refused %s, and nothing is left of it [AF-3]', async (_what, body, options, status, code) => {
    const world = await start({ maxArtifactBytes: 1000 });

    const refused = await world.put(randomUUID(), body, options);

    expect([refused.status, (await refused.json()).error.code]).toEqual([status, code]);
    expect([await world.files(), await world.list(), await world.events()]).toEqual([[], [], []]);
  });

  it('is cut at the limit while it comes, when its length was not announced [AF-3]', async () => {
    const world = await start({ maxArtifactBytes: 1000 });
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent > 100) controller.close();
        else controller.enqueue(new Uint8Array(500));
      },
    });

    const refused = await fetch(`${world.http}/artifacts/${randomUUID()}?filename=a`, {
      method: 'PUT',
      body,
      headers: { Authorization: `Bearer ${world.token}` },
      duplex: 'half',
    } as RequestInit).then(
      ({ status }) => status,
      () => 413,
    );

    expect(refused).toBe(413);
    expect([await world.files(), await world.list()]).toEqual([[], []]);
  });

  it('leaves nothing when the line goes dead in the middle, and the gateway goes on [AF-3]', async () => {
    const world = await start();
    const socket = connect(world.port, '127.0.0.1');
    const id = randomUUID();
    socket.write(
      `PUT /artifacts/${id}?filename=a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.token}\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(5000)}`,
    );
    while ((await world.files()).length === 0) await new Promise((resolve) => setImmediate(resolve));

    socket.destroy();
    await once(socket, 'close');

    while ((await world.files()).length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await world.get(id)).status).toBe(404);
    expect((await world.put(id, 'hello')).status).toBe(201);
  });

  it('asks for the rights that the authorization table has [AF-4]', async () => {
    const world = await start();
    const id = randomUUID();
    const reader = await world.tokenWith('operator.read');
    const writer = await world.tokenWith('operator.write');
    await world.put(id, 'hello');
    const fetchAs = (token: string) => world.get(id, { Authorization: `Bearer ${token}` });

    const refused = await world.put(randomUUID(), 'hello', { as: reader });

    expect([refused.status, (await refused.json()).error.details]).toEqual([
      403,
      { required_scopes: ['operator.write', 'node.paired'] },
    ]);
    expect((await world.put(randomUUID(), 'hello', { as: writer })).status).toBe(201);
    expect([(await fetchAs(reader)).status, (await fetchAs(writer)).status]).toEqual([200, 403]);
    expect((await fetchAs('not-a-token-at-all')).status).toBe(401);
    expect((await fetch(`${world.http}/artifacts/${id}`)).status).toBe(401);
    const { token: stranger } = await world.server.gateway.tokens.issue({
      tenant: 'other',
      roles: ['client'],
      scopes: ['operator.read'],
    });
    expect((await fetchAs(stranger)).status).toBe(404);
  });

  it('is cut off when its bytes are not those that were kept any more', async () => {
    const world = await start();
    const id = randomUUID();
    await world.put(id, 'hello');
    const [name = ''] = await world.files();
    await writeFile(join(world.directory, name.slice(0, 2), name), 'hallo');

    await expect(world.get(id).then((response) => response.text())).rejects.toThrow();
  });

  it('is whole or not there after a crash, and bytes that nobody owns are swept away [AF-1]', async () => {
    const world = await start();
    const id = randomUUID();
    await world.put(id, 'hello');
    const blobs = await createBlobDirectory(world.directory);
    async function* bytes() {
      yield Buffer.from('of a gateway that died before its commit');
    }
    await blobs.write('orphan-1', bytes());

    const next = await start({
      store: createMemoryStore({ from: world.store.snapshot() }),
      path: world.directory,
    });

    const adminToken = 'the-admin-token-of-this-test';
    await next.server.gateway.tokens.ensureAdmin(adminToken, 'acme');
    while ((await next.files()).length > 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await (await next.get(id)).text()).toBe('hello');
  });

  it('has no place in a gateway without one', async () => {
    const server = await createServer({ store: createMemoryStore(), signer: nodeSigner(generateGatewayKey()) });
    ends.push(server.close);
    const { http } = await server.listen();
    const { token } = await server.gateway.tokens.issue({
      tenant: 'acme',
      roles: ['client'],
      scopes: ['operator.read'],
    });

    const refused = await fetch(`${http}/artifacts/${randomUUID()}`, { headers: { Authorization: `Bearer ${token}` } });

    expect([refused.status, (await refused.json()).error.code]).toEqual([501, 'unsupported_operation']);
  });
});
