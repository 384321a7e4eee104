import { randomText, systemRandom } from '@tyrum/contracts';
import type { TokenOffice } from '@tyrum/gateway-core';

/** How the admin token came to be: given by the caller, made just now, or kept from an earlier start as a hash. */
export type AdminToken =
  | { readonly origin: 'given' }
  | { readonly origin: 'made'; readonly token: string }
  | { readonly origin: 'kept' };

/** Sees to it that the gateway has an admin token, and that only its hash is kept. */
export async function establishAdminToken(tokens: TokenOffice, given: string | undefined): Promise<AdminToken> {
  if (given !== undefined) {
    await tokens.ensureAdmin(given);
    return { origin: 'given' };
  }
  if (await tokens.hasAdmin()) return { origin: 'kept' };
  const token = `tyt_${randomText(systemRandom(), 32)}`;
  await tokens.ensureAdmin(token);
  return { origin: 'made', token };
}
