/** SHA-256 of each revision's artefact, base64url. Written by `scripts/lock-revision.ts`. */
export const REVISION_HASHES = {
  2: 'c554rnWBAPGC2PpO4zVT7DgraS7H9cHRDLScQpEZMQs',
  3: '9iszgLsJkR_2bWsmH0twneHRooUU2DFHH-aP9d4PBew',
} as const;
