/** SHA-256 of each revision's artefact, base64url. Written by `scripts/lock-revision.ts`. */
export const REVISION_HASHES = {
  2: 'c554rnWBAPGC2PpO4zVT7DgraS7H9cHRDLScQpEZMQs',
  3: 'Mz4O6pyuy_M_GesikkcjT--EjsVdIDZBqd3LfTL4k38',
} as const;
