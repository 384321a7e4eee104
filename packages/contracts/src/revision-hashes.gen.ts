/** SHA-256 of each revision's artefact, base64url. Written by `scripts/lock-revision.ts`. */
export const REVISION_HASHES = {
  2: 'vktnF23RpcU1qM8tyrvQJp1wkQdYbg_EDkswZrxeP0A',
  3: 'gGPrgGYRwu_SJjBD0HKq4W_8yxKPg4UXNoWk5SzkxhA',
} as const;
