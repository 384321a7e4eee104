import { ARTIFACT_UPLOAD, ArtifactFacts, type Contract, ProtocolError, readAs } from '@tyrum/contracts';
import type { ArtifactShelf } from '../../domain/artifacts/artifact-shelf.ts';
import type { ArtifactDoor } from '../../ports/artifacts.ts';
import type { Authenticator } from '../../ports/authenticator.ts';
import { rightsProblem } from '../rights/admission.ts';
import type { Viewer } from '../rights/audience.ts';
import type { Bucket } from '../rights/rate-limit.ts';
import type { SecurityEvents } from '../rights/security-events.ts';
import type { Caller } from './handlers.ts';
import { callerOf } from './one-shot-call.ts';

export interface ArtifactDoorServices {
  readonly contract: Contract;
  readonly authenticator: Authenticator;
  readonly shelf: ArtifactShelf;
  readonly bucketOf: (device: string) => Bucket;
  readonly draining: () => boolean;
  readonly security: Pick<SecurityEvents, 'authFailed' | 'authzDenied'>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Lets bytes in and out by the rights that the contract gives: a download is an `artifact.get`. */
export function createArtifactDoor(services: ArtifactDoorServices): ArtifactDoor {
  const { contract, authenticator, shelf, bucketOf, draining, security } = services;

  async function admitted(
    token: string | undefined,
    right: Parameters<typeof rightsProblem>[0],
  ): Promise<Caller & Viewer> {
    const principal = token === undefined ? undefined : await authenticator.authenticate(token);
    if (principal === undefined) {
      const reason = token === undefined ? 'missing_token' : 'invalid_token';
      security.authFailed({ surface: 'artifacts', reason, transport: 'http' });
      throw new ProtocolError('unauthorized', 'the token is missing, unknown, expired or revoked');
    }
    const caller = callerOf(principal);
    const wait = bucketOf(JSON.stringify([caller.tenant, caller.deviceId])).take();
    if (wait > 0) throw new ProtocolError('rate_limited', 'too many requests from this device', { retryAfterMs: wait });
    const problem = rightsProblem(right, caller);
    if (problem !== undefined) {
      security.authzDenied(caller, right, problem);
      throw problem;
    }
    return caller;
  }

  return {
    mostBytes: shelf.mostBytes,
    async put(token, upload) {
      const caller = await admitted(token, ARTIFACT_UPLOAD);
      if (draining()) throw new ProtocolError('unavailable', 'the gateway is stopping', { retryAfterMs: 1000 });
      if (!UUID.test(upload.artifactId)) throw unfit([{ path: ['artifact_id'], message: 'expected a UUID' }]);
      const facts = readAs(ArtifactFacts, upload.facts, '');
      if (!facts.fits) throw unfit(facts.issues);
      return shelf.put(caller, { ...upload, artifactId: upload.artifactId.toLowerCase(), facts: facts.value });
    },
    async get(token, artifactId) {
      const definition = contract.current.requests.get('artifact.get')?.definition;
      if (definition === undefined) throw new ProtocolError('unsupported_operation', 'the contract has no artifacts');
      const caller = await admitted(token, definition);
      return shelf.get(caller, artifactId.toLowerCase());
    },
  };
}

function unfit(issues: readonly { readonly path: readonly (string | number)[]; readonly message: string }[]) {
  const told = issues.map(({ path, message }) => ({ path: path.filter((part) => part !== ''), message }));
  const [first] = told;
  return new ProtocolError('contract_error', `${first?.path.join('.')}: ${first?.message}`, {
    details: { issues: told },
  });
}
