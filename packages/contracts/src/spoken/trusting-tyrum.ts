import type { Reading } from '../define/read-as.ts';
import type { Spoken, SpokenView } from '../define/spoken.ts';
import { REVISION_HASHES } from '../revision-hashes.gen.ts';
import { ROLES } from '../tables/vocabulary.ts';
import { TRUSTED_FACTS } from './trusted-facts.gen.ts';

/**
 * The contract that this project ships, for a peer that trusts the other side. Payloads and results are taken as they come: no
 * default is filled in, no unknown key is dropped, nothing is refused. A request that does not exist is the other side's to refuse.
 * It has no revision at which a gateway does not prove who it is.
 */
export const trustingTyrum: Spoken = /* @__PURE__ */ trusting();

function trusting(): Spoken {
  const { name, served } = TRUSTED_FACTS;
  const [reads, ephemeral] = [new Set<string>(TRUSTED_FACTS.reads), new Set<string>(TRUSTED_FACTS.ephemeral)];
  const common = { extension: undefined, readPayload: take, readResult: take };
  return {
    name,
    served,
    hashes: REVISION_HASHES,
    extensions: [],
    definitions: [],
    at: (revision): SpokenView => ({
      revision,
      requests: {
        has: () => true,
        // What is not known to be a read may have an effect.
        get: (type) => ({
          ...common,
          definition: {
            kind: 'request',
            type,
            direction: 'to_gateway',
            roles: ROLES,
            effect: reads.has(type) ? 'read' : 'once',
            since: 0,
          },
        }),
      },
      events: {
        has: () => true,
        get: (type) => ({
          ...common,
          definition: { kind: 'event', type, kept: ephemeral.has(type) ? 'ephemeral' : 'durable', since: 0 },
        }),
      },
    }),
  };
}

function take(value: unknown): Reading {
  return { fits: true, value };
}
