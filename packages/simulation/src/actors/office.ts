import type { Role, Scope } from '@tyrum/contracts';
import type { Grants } from '../truth/grants.ts';
import type { GatewayHost } from './gateway-host.ts';

/** Whoever gives out access tokens, and takes them back. */
export interface Office {
  /** The token of a device; another one when the last was refused. */
  tokenOf(bearer: Bearer, refused: boolean): Promise<string>;
  /** Ends the device's token; the next one allows this much. */
  revoke(bearer: Bearer, scopes: readonly Scope[]): Promise<void>;
  narrow(bearer: Bearer, scopes: readonly Scope[]): Promise<void>;
}

export interface Bearer {
  readonly name: string;
  readonly tenant: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
}

interface Issued {
  readonly token: string;
  readonly tokenId: string;
}

export function createOffice(host: GatewayHost, grants: Grants): Office {
  const tokens = new Map<string, Promise<Issued>>();
  const scopes = new Map<string, readonly Scope[]>();

  function issue(bearer: Bearer): Promise<Issued> {
    const { name, tenant, role } = bearer;
    const allowed = scopes.get(name) ?? bearer.scopes;
    const issued = host.persist((gateway) => gateway.tokens.issue({ tenant, roles: [role], scopes: allowed }));
    const known = issued.then((given) => {
      grants.issued(given.token, allowed);
      return given;
    });
    tokens.set(name, known);
    return known;
  }

  return {
    async tokenOf(bearer, refused) {
      const kept = refused ? undefined : tokens.get(bearer.name);
      return (await (kept ?? issue(bearer))).token;
    },
    async revoke(bearer, next) {
      const issued = await tokens.get(bearer.name);
      scopes.set(bearer.name, next);
      if (issued === undefined) return;
      grants.changing(issued.token);
      await host.persist((gateway) => gateway.tokens.revoke(issued.tokenId));
      grants.revoked(issued.token);
    },
    async narrow(bearer, next) {
      const issued = await tokens.get(bearer.name);
      if (issued === undefined) return;
      const left = (scopes.get(bearer.name) ?? bearer.scopes).filter((scope) => next.includes(scope));
      grants.changing(issued.token);
      await host.persist((gateway) => gateway.tokens.narrow(issued.tokenId, next));
      // It may have been revoked meanwhile, and then it allows nothing; the next one is narrow in any case.
      scopes.set(bearer.name, left);
      grants.narrowed(issued.token, left);
    },
  };
}
