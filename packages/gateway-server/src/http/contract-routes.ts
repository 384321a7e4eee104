import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Contract } from '@tyrum/contracts';
import {
  type ContractFileSet,
  contractFileSets,
  describeCatalog,
  type Json,
  type Steps,
} from '@tyrum/contracts/artefacts';
import { type Context, Hono } from 'hono';

/** A file as it is served, made once. */
interface Served {
  readonly text: string;
  /** Strong: of the bytes. */
  readonly etag: string;
  readonly type: string;
}

const ASK_AGAIN = 'public, no-cache';
const FOR_A_YEAR = 'public, max-age=31536000, immutable';
/** What is not released yet may change with the next start of the gateway. */
const FOR_A_WHILE = 'public, max-age=300, immutable';

/**
 * The contract of a gateway as files for other languages, to be mounted at `/contracts`: `/` is the catalogue that leads to all
 * of them. A file is made when it is first asked for, and then kept; peers are answered meanwhile. They are public, like the
 * code that they describe.
 */
export function createContractRoutes(contract: Contract, mountedAt: string): Hono {
  const home = `${mountedAt}/${encodeURIComponent(contract.name)}`;
  const sets = new Map(contract.served.map((revision) => [String(revision), contractFileSets(contract, revision)]));
  const written = new Map<ContractFileSet, Promise<ReadonlyMap<string, Served>>>();
  /** One set is made after the other: together they would take as long, and leave less time to others. */
  let last: Promise<unknown> = Promise.resolve();
  const kept = new Map<string, Served>();

  function filesOf(set: ContractFileSet): Promise<ReadonlyMap<string, Served>> {
    const known = written.get(set);
    if (known !== undefined) return known;
    const files = last.then(async () => {
      const made = await stepByStep(set.writeInSteps());
      return new Map(made.map(({ path, content }) => [path, served(content, typeOf(path))]));
    });
    last = files.catch(() => written.delete(set));
    written.set(set, files);
    return files;
  }

  async function find(path: string, revision: string): Promise<Served | undefined> {
    const set = sets.get(revision)?.find((candidate) => candidate.has(path));
    return set === undefined ? undefined : (await filesOf(set)).get(path);
  }

  function keep(name: string, describe: () => Json): Served {
    const one = kept.get(name) ?? served(describe(), 'application/json');
    kept.set(name, one);
    return one;
  }

  function lifeOf(revision: string): string {
    const entry = contract.revisions.find((candidate) => String(candidate.revision) === revision);
    const isFrozen = contract.extensions.length === 0 && entry !== undefined && entry.released !== null;
    return isFrozen ? FOR_A_YEAR : FOR_A_WHILE;
  }

  const app = new Hono();
  app.get('/', (context) =>
    answer(
      context,
      keep('/', () => describeContracts(contract, home)),
      ASK_AGAIN,
    ),
  );
  app.get(`/${contract.name}/catalog.json`, (context) =>
    answer(
      context,
      keep('/catalog.json', () => describeCatalog(contract)),
      ASK_AGAIN,
    ),
  );
  app.get(`/${contract.name}/:revision{[0-9]+}`, async (context) => {
    const revision = context.req.param('revision');
    const all = sets.get(revision);
    if (all === undefined) return context.notFound();
    const files = await Promise.all(all.map(filesOf));
    const list = () => ({
      revision: Number(revision),
      files: files.flatMap((set) => [...set.keys()]).map((path) => `${home}/${path}`),
    });
    return answer(context, keep(`/${revision}`, list), lifeOf(revision));
  });
  app.get(`/${contract.name}/:revision{[0-9]+}/:path{.+}`, async (context) => {
    const { revision, path } = context.req.param();
    const file = await find(`${revision}/${path}`, revision);
    return file === undefined ? context.notFound() : answer(context, file, lifeOf(revision));
  });
  return app;
}

/** Makes something without keeping others waiting: after each step they have their turn of the event loop. */
async function stepByStep<Value>(steps: Steps<Value>): Promise<Value> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}

function describeContracts(contract: Contract, home: string): Json {
  const { name, revisions, extensions, hashes } = contract;
  return {
    contracts: [
      {
        name,
        catalog: `${home}/catalog.json`,
        revisions: revisions
          .filter(({ revision }) => contract.served.includes(revision))
          .map(({ revision, status, released, sunset, summary = '' }) => ({
            revision,
            status,
            released,
            sunset,
            summary,
            hash: hashes[revision] ?? null,
            contract: `${home}/${revision}/contract.json`,
            asyncapi: `${home}/${revision}/asyncapi.json`,
            files: `${home}/${revision}`,
            extensions: extensions.map((extension) => ({
              id: extension.id,
              hash: extension.hashes[revision] ?? null,
              contract: `${home}/${revision}/extensions/${extension.id}.json`,
            })),
          })),
      },
    ],
  };
}

function answer(context: Context, { text, etag, type }: Served, life: string): Response {
  // Tools that run in a browser read them too; nothing here depends on who asks.
  const headers = { ETag: etag, 'Cache-Control': life, 'Access-Control-Allow-Origin': '*' };
  if (isKnown(context.req.header('If-None-Match'), etag)) return context.body(null, 304, headers);
  return context.body(text, 200, { ...headers, 'Content-Type': type });
}

/** Whether one of the tags that a client has is this one; it compares weakly, as RFC 9110 says for `If-None-Match`. */
function isKnown(tags: string | undefined, etag: string): boolean {
  if (tags === undefined) return false;
  return tags.trim() === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

function served(content: Json, type: string): Served {
  const text = JSON.stringify(content);
  return { text, type, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
}

function typeOf(path: string): string {
  if (path.endsWith('/asyncapi.json')) return 'application/vnd.aai.asyncapi+json; version=3.0.0';
  return path.endsWith('/contract.json') || path.includes('/extensions/')
    ? 'application/json'
    : 'application/schema+json';
}
