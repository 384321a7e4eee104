import type { IncomingHttpHeaders } from 'node:http';
import { fromBase64Url } from '@tyrum/contracts';
import { parse } from 'hono/utils/cookie';
import { offeredProtocols } from '../web-socket/subprotocol.ts';

/** The cookie that a browser's session is kept in. */
export const SESSION_COOKIE = 'tyrum_session';
const TOKEN_PROTOCOL = 'tyrum-auth.';

/**
 * The access token of a request, from the first place that has one: the `Authorization` header, the session cookie of a page of
 * this very host, an offered subprotocol (UP-4). Never the URL (UP-7).
 */
export function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  return bearerToken(headers) ?? sessionToken(headers) ?? offeredToken(headers);
}

function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/** Any page can make a browser send the cookie along; only one of this host may use it (UP-5). */
function sessionToken({ cookie, origin, host }: IncomingHttpHeaders): string | undefined {
  if (cookie === undefined || !isSameHost(origin, host)) return undefined;
  return parse(cookie, SESSION_COOKIE)[SESSION_COOKIE] || undefined;
}

function isSameHost(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined || host === undefined || !/^https?:\/\//.test(origin)) return false;
  try {
    // Read in the scheme of the origin, so that a default port may be written or left out on either side.
    const { protocol, host: originHost } = new URL(origin);
    return new URL(`${protocol}//${host}`).host === originHost;
  } catch {
    return false;
  }
}

/** What is not base64url of UTF-8 text is no token (UP-6). */
function offeredToken(headers: IncomingHttpHeaders): string | undefined {
  const offered = offeredProtocols(headers).find((protocol) => protocol.startsWith(TOKEN_PROTOCOL));
  const bytes = offered === undefined ? undefined : fromBase64Url(offered.slice(TOKEN_PROTOCOL.length));
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes) || undefined;
  } catch {
    return undefined;
  }
}
