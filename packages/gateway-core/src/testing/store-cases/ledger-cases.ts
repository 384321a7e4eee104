import { equal, rejects } from '../assertions.ts';
import { type StoreCase, storeCase } from '../store-case.ts';
import { completed, executing, ledgerKey, TROUBLESOME_TEXTS } from '../store-samples.ts';

export const ledgerCases: readonly StoreCase[] = [
  storeCase('gives a claim to the first and shows the others what is there', async (store) => {
    await store.transact(async (tx) => {
      equal(await tx.ledger.get(ledgerKey('k')), undefined);
      equal(await tx.ledger.claim(ledgerKey('k'), executing('gateway-1')), undefined);
    });
    const second = { ...completed('gateway-2', '{}', 2_000), payloadHash: 'another' };

    const there = await store.transact((tx) => tx.ledger.claim(ledgerKey('k'), second));

    equal(there, executing('gateway-1'));
    equal(await store.transact((tx) => tx.ledger.get(ledgerKey('k'))), executing('gateway-1'));
  }),

  storeCase('gives a claim to exactly one of many at once', async (store) => {
    const claims = Array.from({ length: 50 }, (_, at) =>
      store.transact((tx) => tx.ledger.claim(ledgerKey('k'), executing(`gateway-${at}`))),
    );

    const refused = (await Promise.all(claims)).filter((there) => there !== undefined);

    equal(refused.length, 49);
    equal(new Set(refused.map(({ owner }) => owner)).size, 1);
  }),

  storeCase('frees a claim whose work was rolled back', async (store) => {
    const failing = store.transact(async (tx) => {
      await tx.ledger.claim(ledgerKey('k'), executing('gateway-1'));
      throw new RangeError('no');
    });
    await rejects(failing, 'RangeError');

    equal(await store.transact((tx) => tx.ledger.claim(ledgerKey('k'), executing('gateway-2'))), undefined);
  }),

  storeCase('replaces an entry when it is settled', async (store) => {
    const settled = completed('gateway-1', '{"ok":true,"result":{"text":"é\\u0000"}}');
    await store.transact((tx) => tx.ledger.claim(ledgerKey('k'), executing('gateway-1')));
    await store.transact((tx) => tx.ledger.settle(ledgerKey('k'), settled));

    equal(await store.transact((tx) => tx.ledger.get(ledgerKey('k'))), settled);

    await store.transact((tx) => tx.ledger.settle(ledgerKey('k'), { ...executing('g'), state: 'outcome_unknown' }));
    const unknown = await store.transact((tx) => tx.ledger.get(ledgerKey('k')));
    equal(unknown, { ...executing('g'), state: 'outcome_unknown' });
  }),

  storeCase('separates entries by every part of their key, whatever its text', async (store) => {
    const keys = [
      ledgerKey('k'),
      ledgerKey('k2'),
      ledgerKey('k', { tenant: 'zeta' }),
      ledgerKey('k', { device: 'dev_2' }),
      ledgerKey('k', { type: 'note.delete' }),
      ...TROUBLESOME_TEXTS.map((text) => ledgerKey(text, { device: text })),
    ];
    await store.transact(async (tx) => {
      for (const [at, key] of keys.entries()) equal(await tx.ledger.claim(key, executing(`owner-${at}`)), undefined);
    });

    await store.transact(async (tx) => {
      for (const [at, key] of keys.entries()) equal((await tx.ledger.get(key))?.owner, `owner-${at}`);
    });
  }),

  storeCase('marks as unknown what gateways that are gone were executing, and only that', async (store) => {
    await store.transact(async (tx) => {
      await tx.ledger.claim(ledgerKey('live'), executing('gateway-live'));
      await tx.ledger.claim(ledgerKey('dead'), executing('gateway-dead'));
      await tx.ledger.claim(ledgerKey('other', { tenant: 'zeta' }), executing('gateway-other'));
      await tx.ledger.claim(ledgerKey('done'), completed('gateway-dead', '{}'));
    });

    equal(await store.transact((tx) => tx.ledger.abandon('gateway-live')), 2);

    await store.transact(async (tx) => {
      equal(await tx.ledger.get(ledgerKey('live')), executing('gateway-live'));
      equal(await tx.ledger.get(ledgerKey('dead')), { ...executing('gateway-dead'), state: 'outcome_unknown' });
      equal((await tx.ledger.get(ledgerKey('other', { tenant: 'zeta' })))?.state, 'outcome_unknown');
      equal(await tx.ledger.get(ledgerKey('done')), completed('gateway-dead', '{}'));
      equal(await tx.ledger.abandon('gateway-live'), 0);
    });
  }),

  storeCase('prunes what was claimed before a moment, no more than the limit at once', async (store) => {
    await store.transact(async (tx) => {
      for (let at = 1; at <= 9; at += 1) {
        const tenant = at % 2 === 0 ? 'acme' : 'zeta';
        await tx.ledger.claim(ledgerKey(`k${at}`, { tenant }), completed('gateway-1', '{}', at * 100));
      }
    });
    const remaining = () =>
      store.transact(async (tx) => {
        const times: number[] = [];
        for (let at = 1; at <= 9; at += 1) {
          const entry = await tx.ledger.get(ledgerKey(`k${at}`, { tenant: at % 2 === 0 ? 'acme' : 'zeta' }));
          if (entry !== undefined) times.push(entry.claimedAt);
        }
        return times;
      });

    equal(await store.transact((tx) => tx.ledger.prune(600, 3)), 3);
    equal((await remaining()).length, 6);
    equal(await store.transact((tx) => tx.ledger.prune(600, 3)), 2);
    equal(await remaining(), [600, 700, 800, 900]);
    equal(await store.transact((tx) => tx.ledger.prune(600, 3)), 0);
    equal(
      await store.transact((tx) => tx.ledger.claim(ledgerKey('k1', { tenant: 'zeta' }), executing('g'))),
      undefined,
    );
  }),

  storeCase('prunes by the claim that a settled entry carries', async (store) => {
    await store.transact((tx) => tx.ledger.claim(ledgerKey('k'), executing('gateway-1', 1_000)));
    await store.transact((tx) => tx.ledger.settle(ledgerKey('k'), completed('gateway-1', '{}', 5_000)));

    equal(await store.transact((tx) => tx.ledger.prune(5_000, 9)), 0);
    equal(await store.transact((tx) => tx.ledger.prune(5_001, 9)), 1);
  }),
];
