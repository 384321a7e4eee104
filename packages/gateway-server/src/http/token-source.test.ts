import { describe, expect, it } from 'vitest';
import { tokenOf } from './token-source.ts';

const offered = 'tyrum-v1, tyrum-auth.c2FtcGxlLXRva2Vu';

describe('the token of an upgrade', () => {
  it('is the bearer token before everything else [UP-4]', () => {
    const headers = {
      authorization: 'Bearer from-header',
      cookie: 'tyrum_session=from-cookie',
      origin: 'https://gateway.example',
      host: 'gateway.example',
      'sec-websocket-protocol': offered,
    };

    expect(tokenOf(headers)).toBe('from-header');
  });

  it('is the session cookie before an offered subprotocol [UP-4]', () => {
    const headers = {
      authorization: 'Basic dXNlcjpwYXNz',
      cookie: 'theme=dark; tyrum_session=from-cookie; other=1',
      origin: 'https://gateway.example',
      host: 'gateway.example',
      'sec-websocket-protocol': offered,
    };

    expect(tokenOf(headers)).toBe('from-cookie');
  });

  it('is the offered subprotocol when there is nothing else [UP-4] [UP-6]', () => {
    expect(tokenOf({ 'sec-websocket-protocol': offered })).toBe('sample-token');
    expect(tokenOf({ 'sec-websocket-protocol': 'tyrum-auth.w6k,tyrum-v1' })).toBe('é');
  });

  it('is not the cookie of a page of another host, of no host, or of an opaque one [UP-5]', () => {
    const cookie = 'tyrum_session=from-cookie';
    const host = 'gateway.example';

    expect(tokenOf({ cookie, host, origin: 'https://evil.example' })).toBeUndefined();
    expect(tokenOf({ cookie, host, origin: 'https://gateway.example.evil.example' })).toBeUndefined();
    expect(tokenOf({ cookie, host, origin: 'https://gateway.example:8443' })).toBeUndefined();
    expect(tokenOf({ cookie, host, origin: 'null' })).toBeUndefined();
    expect(tokenOf({ cookie, host })).toBeUndefined();
    expect(tokenOf({ cookie, origin: 'https://gateway.example' })).toBeUndefined();
    expect(tokenOf({ cookie, host: 'not a host', origin: 'https://gateway.example' })).toBeUndefined();
  });

  it('is the cookie when host and port are the same, however the default port is written [UP-5]', () => {
    const cookie = 'tyrum_session=from-cookie';

    expect(tokenOf({ cookie, host: 'gateway.example:443', origin: 'https://gateway.example' })).toBe('from-cookie');
    expect(tokenOf({ cookie, host: '127.0.0.1:8788', origin: 'http://127.0.0.1:8788' })).toBe('from-cookie');
    expect(tokenOf({ cookie, host: 'Gateway.Example', origin: 'https://gateway.example' })).toBe('from-cookie');
  });

  it('falls through to the subprotocol when the cookie does not count [UP-5]', () => {
    const headers = {
      cookie: 'tyrum_session=from-cookie',
      host: 'gateway.example',
      origin: 'https://evil.example',
      'sec-websocket-protocol': offered,
    };

    expect(tokenOf(headers)).toBe('sample-token');
  });

  it.each([
    ['padding', 'tyrum-auth.c2FtcGxlLXRva2VuMQ=='],
    ['stray bits', 'tyrum-auth.w6l'],
    ['the other alphabet', 'tyrum-auth.++//'],
    ['bytes that are not UTF-8', 'tyrum-auth._w'],
    ['nothing', 'tyrum-auth.'],
  ])('is missing when the offer has %s [UP-6]', (_what, protocol) => {
    expect(tokenOf({ 'sec-websocket-protocol': `tyrum-v1, ${protocol}` })).toBeUndefined();
  });
});
