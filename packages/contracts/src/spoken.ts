// What a peer needs of the contract to speak it, without zod.
export { type Decoded, type DecodeOptions, decodeFrame, type Issue } from './frames/decode.ts';
export { describeIssue } from './frames/issues.ts';
export { deviceIdFrom, gatewayIdFrom, publicKeyDer, publicKeyText } from './handshake/identity.ts';
export { gatewayTranscript, type MutualFacts, peerTranscript, transcriptAt2 } from './handshake/transcript.ts';
export { ProtocolError, type ProtocolErrorOptions } from './protocol-error.ts';
export { fromBase64Url, toBase64Url } from './runtime/base64url.ts';
export { type Clock, systemClock } from './runtime/clock.ts';
export { orderedUuid, type Random, randomFraction, randomText, randomUuid, systemRandom } from './runtime/random.ts';
export { exceedsUtf8 } from './runtime/utf8.ts';
export { spokenTyrum } from './spoken/spoken-tyrum.ts';
export { trustingTyrum } from './spoken/trusting-tyrum.ts';
export { afterClose, CLOSE_CODES, closeName, cutCloseReason } from './tables/close-codes.ts';
export { type ErrorCode, isErrorCode } from './tables/errors.ts';
export { DEFAULT_LIMITS, HANDSHAKE_LIMITS, type Limits, MISSED_HEARTBEATS } from './tables/limits.ts';
