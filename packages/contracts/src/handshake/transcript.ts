/** The text that a revision 2 peer signs: UTF-8, every line ended by LF. */
export function transcriptAt2(facts: {
  readonly role: string;
  readonly deviceId: string;
  readonly connectionId: string;
  readonly challenge: string;
}): string {
  return lines([
    'tyrum-connect-proof',
    'protocol_rev=2',
    `role=${facts.role}`,
    `device_id=${facts.deviceId}`,
    `connection_id=${facts.connectionId}`,
    `challenge=${facts.challenge}`,
  ]);
}

/** What both sides sign from revision 3 on: both handshake frames, whole, by their digests. */
export interface MutualFacts {
  readonly revision: number;
  readonly connectionId: string;
  readonly deviceId: string;
  readonly gatewayId: string;
  /** SHA-256 of the `connect.init` frame byte for byte as sent, base64url. */
  readonly initSha256: string;
  /** SHA-256 of its response frame byte for byte as sent, base64url. */
  readonly resultSha256: string;
}

/** The text that the peer signs from revision 3 on. */
export function peerTranscript(facts: MutualFacts): string {
  return lines([`tyrum-connect-proof-v${facts.revision}`, ...mutualLines(facts)]);
}

/** The text that the gateway signs: the same facts under another first line, and the digest of the peer's proof. */
export function gatewayTranscript(facts: MutualFacts, proofSha256: string): string {
  return lines([`tyrum-gateway-proof-v${facts.revision}`, ...mutualLines(facts), `proof_sha256=${proofSha256}`]);
}

function mutualLines(facts: MutualFacts): readonly string[] {
  return [
    `protocol_rev=${facts.revision}`,
    `connection_id=${facts.connectionId}`,
    `device_id=${facts.deviceId}`,
    `gateway_id=${facts.gatewayId}`,
    `init_sha256=${facts.initSha256}`,
    `result_sha256=${facts.resultSha256}`,
  ];
}

function lines(text: readonly string[]): string {
  return `${text.join('\n')}\n`;
}
