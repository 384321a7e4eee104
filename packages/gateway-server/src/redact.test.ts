import { generateGatewayKey } from '@tyrum/gateway-core';
import { describe, expect, it } from 'vitest';
import { createRedactor } from './redact.ts';

describe('redaction', () => {
  it('takes tokens out of text in every form in which they travel [SEC-2]', () => {
    const { text } = createRedactor();

    expect(text('Authorization: Bearer abc.def-123, and so on')).toBe('Authorization: Bearer [redacted], and so on');
    expect(text('offered tyrum-v1, tyrum-auth.c2FtcGxlLXRva2Vu')).toBe('offered tyrum-v1, tyrum-auth.[redacted]');
    expect(text('theme=dark; tyrum_session=secret; other=1')).toBe('theme=dark; tyrum_session=[redacted]; other=1');
    expect(text('made tyt_0123456789abcdefghij and tyn_0123456789abcdefghij')).toBe('made [redacted] and [redacted]');
    expect(text('eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln')).toBe('[redacted]');
    expect(text(`key: ${generateGatewayKey()}`)).toBe('key: [redacted]\n');
  });

  it('takes known secrets out, whatever they look like [SEC-2]', () => {
    const { text, value } = createRedactor(['opensesame', '']);

    expect(text('/?t=opensesame&u=opensesame')).toBe('/?t=[redacted]&u=[redacted]');
    expect(value({ nested: ['it is opensesame'] })).toEqual({ nested: ['it is [redacted]'] });
  });

  it('takes out fields that are named after a secret, and keeps those that only name one [SEC-2]', () => {
    const { value } = createRedactor();

    expect(
      value({ token: 'a', access_token: 'b', 'set-cookie': 'c', password: 'd', proof: 'e', private_key: { der: 'f' } }),
    ).toEqual({
      token: '[redacted]',
      access_token: '[redacted]',
      'set-cookie': '[redacted]',
      password: '[redacted]',
      proof: '[redacted]',
      private_key: '[redacted]',
    });
    expect(value({ token_id: 'tok_1', device_id: 'dev_1', code: 4001, tokens: 3 })).toEqual({
      token_id: 'tok_1',
      device_id: 'dev_1',
      code: 4001,
      tokens: 3,
    });
  });

  it('makes anything fit for JSON: errors, dates, big numbers, cycles', () => {
    const { value } = createRedactor();
    const cycle: Record<string, unknown> = { at: new Date(0), count: 5n, skipped: () => {} };
    cycle.self = cycle;

    const clean = JSON.parse(JSON.stringify(value({ cause: new Error('Bearer abc'), cycle })));

    expect(clean.cause).toContain('Error: Bearer [redacted]');
    expect(clean.cycle).toMatchObject({ at: '1970-01-01T00:00:00.000Z', count: '5' });
    expect(JSON.stringify(clean)).toContain('"self":"…"');
  });
});
