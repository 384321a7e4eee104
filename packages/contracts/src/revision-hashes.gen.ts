/** SHA-256 of each revision's artefact, base64url. Written by `scripts/lock-revision.ts`. */
export const REVISION_HASHES = {
  2: 'NlADvq2lzUBTD2A-9Dsn5yVL1AXSbYvAmEDJQX4M8M0',
  3: '9wVyJcNR1hpwKlHLdjGgApOivrKOu_IndVjmZ2C3pSM',
} as const;
