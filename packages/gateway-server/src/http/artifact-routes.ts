import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { ERRORS, ProtocolError } from '@tyrum/contracts';
import {
  type ArtifactDoor,
  ArtifactTooLargeError,
  type ArtifactUpload,
  type OpenArtifact,
  type Telemetry,
} from '@tyrum/gateway-core';
import type { Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { readRange } from './byte-range.ts';
import { tokenOf } from './token-source.ts';

type App = Hono<{ Bindings: HttpBindings }>;
type HttpContext = Context<{ Bindings: HttpBindings }>;

export const ARTIFACT_PATH = '/artifacts/';

/** Bytes over HTTP: `PUT` keeps them under an id of the sender's choice, `GET` and `HEAD` give them back, whole or in part. */
export function addArtifactRoutes(app: App, artifacts: ArtifactDoor, telemetry: Telemetry): void {
  app.put(`${ARTIFACT_PATH}:id`, (context) =>
    answering(context, async () => {
      const { incoming } = context.env;
      if (Number(incoming.headers['content-length'] ?? 0) > artifacts.mostBytes) {
        throw new ArtifactTooLargeError(`an artifact has at most ${artifacts.mostBytes} bytes`);
      }
      const upload = { artifactId: context.req.param('id'), facts: factsOf(context), bytes: incoming };
      const { artifact, created } = await artifacts.put(tokenOf(incoming.headers), upload);
      return context.json({ artifact }, created ? 201 : 200);
    }),
  );

  // A HEAD comes here too.
  app.get(`${ARTIFACT_PATH}:id`, (context) =>
    answering(context, async () => {
      const open = await artifacts.get(tokenOf(context.env.incoming.headers), context.req.param('id'));
      return give(context, open, telemetry);
    }),
  );
}

async function give(context: HttpContext, open: OpenArtifact, telemetry: Telemetry): Promise<Response> {
  const { artifact } = open;
  const { size_bytes: size, sha256 } = artifact;
  const etag = `"${sha256}"`;
  const headers: Record<string, string> = {
    ETag: etag,
    'Accept-Ranges': 'bytes',
    // The bytes never change, and the right to them may end: they are kept, and asked for again.
    'Cache-Control': 'private, no-cache',
    'Content-Type': artifact.mime_type ?? 'application/octet-stream',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(artifact.filename).replace(/['()*]/g, escapeByte)}`,
    'Content-Security-Policy': 'sandbox',
    'X-Content-Type-Options': 'nosniff',
    'Repr-Digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
  };
  if (context.req.header('If-None-Match')?.includes(etag)) return new Response(null, { status: 304, headers });
  const condition = context.req.header('If-Range');
  const asked = condition === undefined || condition === etag ? context.req.header('Range') : undefined;
  const range = readRange(asked, size);
  if (range === 'unsatisfiable') {
    return new Response(null, { status: 416, headers: { ...headers, 'Content-Range': `bytes */${size}` } });
  }
  const length = range === undefined ? size : range.end - range.start + 1;
  headers['Content-Length'] = String(length);
  if (range !== undefined) headers['Content-Range'] = `bytes ${range.start}-${range.end}/${size}`;
  const status = range === undefined ? 200 : 206;
  if (context.req.method === 'HEAD' || size === 0) return new Response(null, { status, headers });
  const bytes = await open.read(range);
  const broken = () => {
    telemetry.log('error', 'the bytes of an artifact are not those that were kept', {
      artifact_id: artifact.artifact_id,
    });
    context.env.outgoing.destroy();
  };
  const checked = range === undefined ? verified(bytes, sha256, broken) : bytes;
  return new Response(Readable.toWeb(Readable.from(checked)) as ReadableStream, { status, headers });
}

/** The bytes, of which the last ones only pass when all of them are right: a reader of broken ones sees them cut off. */
async function* verified(
  bytes: AsyncIterable<Uint8Array>,
  sha256: string,
  broken: () => void,
): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  for await (const chunk of bytes) {
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (hash.digest('hex') !== sha256) broken();
  else if (held !== undefined) yield held;
}

/** What the sender says of the bytes: in the query, and in the headers where HTTP has one for it. */
function factsOf(context: HttpContext): ArtifactUpload['facts'] {
  const { label, ...said } = context.req.queries();
  const single = Object.fromEntries(Object.entries(said).map(([name, values]) => [name, values.at(-1)]));
  const mime_type = context.req.header('Content-Type');
  const sha256 = digestOf(context.req.header('Repr-Digest') ?? context.req.header('Content-Digest'));
  // What does not fit is refused with its path, as in a frame.
  return {
    ...single,
    ...(label === undefined ? {} : { labels: label }),
    ...(mime_type === undefined ? {} : { mime_type }),
    ...(sha256 === undefined ? {} : { sha256 }),
  } as ArtifactUpload['facts'];
}

/** The SHA-256 of a digest header (RFC 9530), in hexadecimal. */
function digestOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [, base64 = ''] = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header) ?? [];
  if (base64 === '') throw new ProtocolError('contract_error', 'the digest header has no sha-256 of 32 bytes');
  return Buffer.from(base64, 'base64').toString('hex');
}

async function answering(context: HttpContext, answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (cause) {
    // What is left of a body that was refused is not waited for.
    if (context.req.method === 'PUT') context.header('Connection', 'close');
    if (cause instanceof ArtifactTooLargeError) {
      return context.json({ error: { code: 'too_large', message: cause.message } }, 413);
    }
    if (!ProtocolError.is(cause)) throw cause;
    const { code, message, details, retryAfterMs } = cause;
    if (retryAfterMs !== undefined) context.header('Retry-After', String(Math.ceil(retryAfterMs / 1000)));
    const error = { code, message, ...(details === undefined ? {} : { details }) };
    return context.json({ error }, ERRORS[code].httpStatus as ContentfulStatusCode);
  }
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
