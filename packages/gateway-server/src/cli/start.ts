import { echoRunner, type Telemetry, type TurnRunner } from '@tyrum/gateway-core';
import { createServer } from '../create-server.ts';
import { openDataDirectory } from '../data-directory.ts';
import { establishAdminToken } from './admin-token.ts';
import type { Started } from './greeting.ts';
import { limitsOf, type Settings } from './settings.ts';

/** A gateway that was started from settings. */
export interface StartedGateway {
  readonly started: Started;
  /** Drains, closes everything and lets go of the data directory. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly settings: Settings;
  readonly runner: TurnRunner | undefined;
  readonly telemetry: Telemetry;
  readonly version: string;
}

/** Opens the data, then the gateway, then the port; what was opened is closed again when a later step fails. */
export async function startGateway({ settings, runner, telemetry, version }: StartOptions): Promise<StartedGateway> {
  const { path, store, signer, blobs } = await openDataDirectory(settings.data, telemetry);
  let closeServer = async () => {};
  try {
    const server = await createServer({
      store,
      signer,
      blobs,
      telemetry,
      runner: runner ?? echoRunner(),
      limits: limitsOf(settings),
      http: {
        path: settings.path,
        upgradesPerSecond: settings.upgrades_per_second,
        upgradeBurst: settings.upgrade_burst,
        closeTimeoutMs: settings.close_timeout_ms,
        maxBodyBytes: settings.max_body_bytes,
        headersTimeoutMs: settings.headers_timeout_ms,
        requestTimeoutMs: settings.request_timeout_ms,
      },
    });
    closeServer = server.close;
    const adminToken = await establishAdminToken(server.gateway.tokens, settings.token);
    const address = await server.listen({ host: settings.host, port: settings.port });
    return {
      started: {
        address,
        gatewayId: server.gateway.gatewayId,
        data: path,
        adminToken,
        echoes: runner === undefined,
        version,
      },
      async stop() {
        await server.close();
        await store.close();
      },
    };
  } catch (cause) {
    await closeServer();
    await store.close();
    throw cause;
  }
}
