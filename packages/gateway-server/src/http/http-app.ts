import type { HttpBindings } from '@hono/node-server';
import { type Clock, type Contract, randomUuid, systemClock, systemRandom } from '@tyrum/contracts';
import type { ArtifactDoor, OneShotRequest, OneShotResponse, Telemetry } from '@tyrum/gateway-core';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { describeCause } from '../describe-cause.ts';
import { ARTIFACT_PATH, addArtifactRoutes } from './artifact-routes.ts';
import { createContractRoutes } from './contract-routes.ts';
import { tokenOf } from './token-source.ts';

/** A gateway as HTTP needs it. */
export interface HttpTarget {
  readonly contract: Contract;
  readonly draining: boolean;
  checkReady(): Promise<void>;
  call(request: OneShotRequest): Promise<OneShotResponse>;
  readonly artifacts: ArtifactDoor;
}

export interface HttpAppOptions {
  readonly gateway: HttpTarget;
  readonly telemetry: Telemetry;
  /** Where WebSockets are served, for those who come without one. */
  readonly webSocketPath: string;
  readonly maxBodyBytes: number;
  readonly clock?: Clock;
}

/** How long one answer about the store serves everyone who asks, in milliseconds: each question is a commit. */
const READY_FOR_MS = 1000;

/** What the gateway says over HTTP: whether it lives, whether it can work, and the answer to a single request. */
export function createHttpApp(options: HttpAppOptions): Hono<{ Bindings: HttpBindings }> {
  const { gateway, telemetry, webSocketPath, maxBodyBytes, clock = systemClock() } = options;
  let asked: { readonly at: number; readonly answer: Promise<string | undefined> } | undefined;

  function whatIsWrongWithTheStore(): Promise<string | undefined> {
    if (asked === undefined || clock.elapsed() - asked.at >= READY_FOR_MS) {
      const answer = gateway.checkReady().then(
        () => undefined,
        (cause: unknown) => {
          telemetry.log('error', 'the store does not commit', { cause: describeCause(cause) });
          return 'the store does not commit';
        },
      );
      asked = { at: clock.elapsed(), answer };
    }
    return asked.answer;
  }

  const app = new Hono<{ Bindings: HttpBindings }>();
  const limitBody = bodyLimit({
    maxSize: maxBodyBytes,
    onError: (context) => context.json(problem('too_large', 'the body is too large'), 413),
  });
  // Artifacts are larger than any request, and bounded while they stream.
  app.use((context, next) => (context.req.path.startsWith(ARTIFACT_PATH) ? next() : limitBody(context, next)));

  app.get('/healthz', (context) => context.json({ status: 'alive' }));

  app.get('/readyz', async (context) => {
    const reason = gateway.draining ? 'the gateway is stopping' : await whatIsWrongWithTheStore();
    return reason === undefined
      ? context.json({ status: 'ready' })
      : context.json({ status: 'not_ready', reason }, 503);
  });

  app.post('/rpc/:type', async (context) => {
    const token = tokenOf(context.env.incoming.headers);
    const { status, text } = await gateway.call({
      token,
      type: context.req.param('type'),
      text: await context.req.text(),
    });
    return context.body(text, status as ContentfulStatusCode, { 'Content-Type': 'application/json' });
  });

  app.route('/contracts', createContractRoutes(gateway.contract, '/contracts'));
  addArtifactRoutes(app, gateway.artifacts, telemetry);

  app.get(webSocketPath, (context) =>
    context.json(problem('upgrade_required', 'connect with a WebSocket'), 426, { Upgrade: 'websocket' }),
  );

  app.notFound((context) => context.json(problem('not_found', 'nothing is served here'), 404));

  app.onError((cause, context) => {
    const errorId = randomUuid(systemRandom());
    telemetry.log('error', 'an HTTP request failed', {
      error_id: errorId,
      path: context.req.path,
      cause: describeCause(cause),
    });
    return context.json(
      { error: { code: 'internal', message: 'the gateway failed', details: { error_id: errorId } } },
      500,
    );
  });

  return app;
}

function problem(code: string, message: string) {
  return { error: { code, message } };
}
