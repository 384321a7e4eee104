export type { DriverName } from './driver.ts';
export { StoreLockedError, StoreVersionError } from './errors.ts';
export { createSqliteStore, type SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
