import { describe, expect, it } from 'vitest';
import { type Agreement, agree, type Offer, type Served } from './agreement.ts';

const HASHES = { 2: 'hash-2', 3: 'hash-3', 4: 'hash-4' };
const BILLING = { id: 'com.example.billing', hashes: { 2: 'b-2', 3: 'b-3' } };
const gateway = (...revisions: number[]): Served => ({ revisions, hashes: HASHES, extensions: [BILLING] });

const bare = (protocol_rev: number): Offer => ({ protocol_rev });
const offer = (...protocol_revs: number[]): Offer => {
  const protocol_rev = protocol_revs.at(-1) ?? 0;
  return { protocol_rev, protocol_revs, contract_hash: HASHES[protocol_rev as 2 | 3 | 4] ?? 'another' };
};
const said = (agreement: Agreement) => {
  if (agreement.outcome === 'agreed') return agreement.revision;
  return agreement.outcome === 'revision_unsupported' ? `upgrade ${agreement.details.upgrade}` : 'mismatch';
};

describe('an agreement on a revision', () => {
  it.each([
    { offered: bare(2), served: gateway(2, 3), outcome: 2, rule: 'RV-1' },
    { offered: bare(2), served: gateway(3), outcome: 'upgrade client', rule: 'RV-2' },
    { offered: bare(3), served: gateway(2, 3), outcome: 'upgrade gateway', rule: 'RV-2' },
    { offered: bare(1), served: gateway(2, 3), outcome: 'upgrade client', rule: 'RV-2' },
    { offered: offer(2, 3), served: gateway(2, 3), outcome: 3, rule: 'RV-6' },
    { offered: offer(2, 3), served: gateway(2), outcome: 2, rule: 'RV-6' },
    { offered: offer(2, 3), served: gateway(3), outcome: 3, rule: 'RV-6' },
    { offered: offer(2), served: gateway(2, 3), outcome: 2, rule: 'RV-6' },
    { offered: offer(3), served: gateway(2, 3), outcome: 3, rule: 'RV-6' },
    { offered: offer(2, 3, 4), served: gateway(2, 3), outcome: 3, rule: 'RV-6' },
    { offered: offer(2, 4), served: gateway(2, 3), outcome: 2, rule: 'RV-6' },
    { offered: offer(2, 4), served: gateway(2, 3, 4), outcome: 4, rule: 'RV-6' },
    { offered: offer(4), served: gateway(2, 3), outcome: 'upgrade gateway', rule: 'RV-7' },
    { offered: offer(2), served: gateway(3, 4), outcome: 'upgrade client', rule: 'RV-7' },
    { offered: offer(2, 4), served: gateway(3), outcome: 'upgrade gateway', rule: 'RV-7' },
    { offered: offer(3), served: gateway(2, 4), outcome: 'upgrade client', rule: 'RV-7' },
    { offered: { ...offer(2, 3), contract_hash: 'another' }, served: gateway(2, 3), outcome: 'mismatch', rule: 'RV-8' },
    { offered: { ...offer(2, 3), contract_hash: undefined }, served: gateway(2, 3), outcome: 'mismatch', rule: 'RV-8' },
    { offered: { ...offer(2, 3), contract_hash: '' }, served: gateway(2, 3), outcome: 'mismatch', rule: 'RV-8' },
    // The hash is of the revision hoped for; nothing is known of the older one that is agreed.
    { offered: { ...offer(2, 3), contract_hash: 'another' }, served: gateway(2), outcome: 2, rule: 'RV-8' },
  ])(
    'of $offered.protocol_rev in $offered.protocol_revs and $served.revisions is $outcome [$rule]',
    ({ offered, served, outcome }) => {
      expect(said(agree(offered, served))).toBe(outcome);
    },
  );

  it('tells both sides what was offered and what is served [RV-7]', () => {
    expect(agree(offer(4, 5), gateway(2, 3))).toEqual({
      outcome: 'revision_unsupported',
      details: { offered: [4, 5], supported: [2, 3], upgrade: 'gateway' },
    });
  });

  it('tells both hashes where they differ [RV-8]', () => {
    expect(agree({ ...offer(3), contract_hash: 'mine' }, gateway(3))).toEqual({
      outcome: 'contract_mismatch',
      details: { revision: 3, expected: 'hash-3', received: 'mine' },
    });
  });

  it('fails closed where the gateway has no hash of its own [RV-8]', () => {
    expect(agree(offer(3), { revisions: [3], hashes: {}, extensions: [] }).outcome).toBe('contract_mismatch');
    expect(
      agree({ ...offer(3), contract_hash: undefined }, { revisions: [3], hashes: {}, extensions: [] }).outcome,
    ).toBe('contract_mismatch');
  });
});

describe('an agreement on an extension', () => {
  const extensions = (offered: Offer['extensions'], served = gateway(2, 3)) => {
    const agreement = agree({ ...offer(2, 3), extensions: offered }, served);
    return agreement.outcome === 'agreed' ? agreement.extensions : agreement.outcome;
  };

  it('needs its id and its hash to be equal [RV-10]', () => {
    expect(extensions([{ id: BILLING.id, hash: 'b-3' }])).toEqual([BILLING.id]);
    expect(extensions([{ id: BILLING.id, hash: 'b-2' }])).toEqual([]);
    expect(extensions([{ id: 'com.example.other', hash: 'b-3' }])).toEqual([]);
    expect(extensions([])).toEqual([]);
    expect(extensions(undefined)).toEqual([]);
  });

  it('never comes of a hash that both sides lack [RV-10]', () => {
    const unlocked = { revisions: [3], hashes: HASHES, extensions: [{ id: BILLING.id, hashes: {} }] };

    expect(extensions([{ id: BILLING.id, hash: '' }], unlocked)).toEqual([]);
  });
});
