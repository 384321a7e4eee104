import type { StoreCase } from './store-case.ts';
import { appendCases } from './store-cases/append-cases.ts';
import { cursorCases } from './store-cases/cursor-cases.ts';
import { documentCases } from './store-cases/document-cases.ts';
import { ledgerCases } from './store-cases/ledger-cases.ts';
import { logCases } from './store-cases/log-cases.ts';
import { survivalCases } from './store-cases/survival-cases.ts';
import { transactionCases } from './store-cases/transaction-cases.ts';

/**
 * What every store must do, sentence by sentence of the port. Any test runner can loop over it:
 *
 * ```ts
 * for (const { name, needs, run } of storeCases) {
 *   test(name, { skip: needs === 'crash' }, () => run(openFreshStore));
 * }
 * ```
 */
export const storeCases: readonly StoreCase[] = [
  ...transactionCases,
  ...documentCases,
  ...ledgerCases,
  ...logCases,
  ...appendCases,
  ...cursorCases,
  ...survivalCases,
];
