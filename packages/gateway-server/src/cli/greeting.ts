import type { ServerAddress } from '../http/front.ts';
import type { AdminToken } from './admin-token.ts';

/** What a start has come to. */
export interface Started {
  readonly address: ServerAddress;
  readonly gatewayId: string;
  /** Absolute path of the data directory. */
  readonly data: string;
  readonly adminToken: AdminToken;
  readonly echoes: boolean;
  readonly version: string;
}

/** Tells a person where the gateway is, where its data lies, and what to try next. */
export function greeting({ address, gatewayId, data, adminToken, echoes, version }: Started): string {
  return [
    `Tyrum gateway ${version} is listening.`,
    '',
    `  connect to   ${address.url}`,
    `  gateway id   ${gatewayId}`,
    `  data         ${data}`,
    `  admin token  ${describeToken(adminToken)}`,
    ...(echoes ? ['  runner       echoes what it is told; bring your own with --runner <module>'] : []),
    '',
    `Try it:   curl ${address.http}/readyz`,
    'Stop it:  Ctrl+C',
    '',
  ].join('\n');
}

/** The same for a program: one object a line, the address always first. */
export function startEvents({ address, gatewayId, adminToken }: Started): string {
  const events = [
    { event: 'listening', url: address.url, http: address.http, gateway_id: gatewayId },
    ...(adminToken.origin === 'made' ? [{ event: 'admin_token', token: adminToken.token }] : []),
  ];
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

function describeToken(adminToken: AdminToken): string {
  switch (adminToken.origin) {
    case 'given':
      return 'the one that you gave';
    case 'made':
      return `${adminToken.token}  (shown this once; only its hash is kept)`;
    case 'kept':
      return 'made at an earlier start; set another with TYRUM_TOKEN or --token';
  }
}
