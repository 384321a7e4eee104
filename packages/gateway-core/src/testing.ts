export type { OpenStore, StoreCapability, StoreCase, StoreUnderTest } from './testing/store-case.ts';
export { storeCases } from './testing/store-suite.ts';
