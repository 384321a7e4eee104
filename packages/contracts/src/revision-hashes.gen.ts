/** SHA-256 of each revision's artefact, base64url. Written by `scripts/lock-revision.ts`. */
export const REVISION_HASHES = {
  2: 'NlADvq2lzUBTD2A-9Dsn5yVL1AXSbYvAmEDJQX4M8M0',
  3: 'w2ixBgflzlq1s4kGdRs_1Xq2DgQVno5AqnpnAEixT8E',
} as const;
