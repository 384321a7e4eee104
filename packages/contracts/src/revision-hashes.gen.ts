/** SHA-256 of each revision's artefact, base64url. Written by `scripts/lock-revision.ts`. */
export const REVISION_HASHES = {
  2: 'AP06nEx71jD0u8ugyUdzuZBJU5GI1iYgzEAis0xAcnc',
  3: 'Cy_eBL-FCVSIQNAVXOGTx0JlRy6r55Lk6hzlgBFevT4',
} as const;
