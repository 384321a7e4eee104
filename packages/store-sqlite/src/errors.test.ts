import { StoreUnavailableError } from '@tyrum/gateway-core';
import { describe, expect, it } from 'vitest';
import { outageOf } from './errors.ts';

describe('the outage that an error stands for', () => {
  it.each([
    ['better-sqlite3', { code: 'SQLITE_FULL' }, 'SQLITE_FULL'],
    ['better-sqlite3', { code: 'SQLITE_IOERR_WRITE' }, 'SQLITE_IOERR'],
    ['better-sqlite3', { code: 'SQLITE_READONLY_DBMOVED' }, 'SQLITE_READONLY'],
    ['node:sqlite', { code: 'ERR_SQLITE_ERROR', errcode: 13 }, 'SQLITE_FULL'],
    ['node:sqlite', { code: 'ERR_SQLITE_ERROR', errcode: 10 | (3 << 8) }, 'SQLITE_IOERR'],
    ['node:sqlite', { code: 'ERR_SQLITE_ERROR', errcode: 14 }, 'SQLITE_CANTOPEN'],
  ])('is read from what %s throws: %o', (_driver, fields, code) => {
    const error = Object.assign(new Error('disk trouble'), fields);

    const outage = outageOf(error);

    expect(outage).toBeInstanceOf(StoreUnavailableError);
    expect(outage).toMatchObject({ message: `SQLite cannot commit: ${code}`, cause: error });
  });

  it.each([
    { code: 'SQLITE_CONSTRAINT_UNIQUE' },
    { code: 'ERR_SQLITE_ERROR', errcode: 19 | (8 << 8) },
    { code: 'SQLITE_ERROR' },
    { code: 'ENOENT' },
    {},
  ])('is nothing for an error about the statement: %o', (fields) => {
    expect(outageOf(Object.assign(new Error('no'), fields))).toBeUndefined();
    expect(outageOf(fields)).toBeUndefined();
  });
});
