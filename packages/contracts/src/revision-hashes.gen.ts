/** SHA-256 of each revision's artefact, base64url. Written by `scripts/lock-revision.ts`. */
export const REVISION_HASHES = {
  2: 'xCGCksl4UnruQYe07rhnBRomxm6tVnvT3vEdJb7m1is',
  3: '8czuD6PzRJaQqrBuFn6zSqeQh15eL2etAOOHmvv7tn8',
} as const;
