// The same client for a gateway that is trusted, without what checks its words and without what serves its requests.
export {
  ClientError,
  type ClientErrorCode,
  type ClientErrorOptions,
  type MustChange,
} from './client-error.ts';
export { DEFAULT_CLIENT_LIMITS } from './client-limits.ts';
export { createWebCryptoIdentity, generateIdentity } from './platform/web-crypto-identity.ts';
export { createClient, type TrustingClient, type TrustingOptions } from './trusting/trusting-client.ts';
