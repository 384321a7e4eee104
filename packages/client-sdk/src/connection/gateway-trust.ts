import type { StoredValue } from '../storage/stored-value.ts';

/** Which gateway this client talks to: a pinned one, or the first one it met. */
export interface GatewayTrust {
  known(): Promise<{ readonly id: string; readonly trust: 'pinned' | 'remembered' } | undefined>;
  /** Trusts this one from now on; `undefined` forgets, so that the next one met is trusted. */
  trust(gatewayId: string | undefined): Promise<void>;
}

export function createGatewayTrust(pin: string | undefined, stored: StoredValue): GatewayTrust {
  /** What the application said since, which stands above the pin. */
  let told: { readonly id: string | undefined } | undefined;
  return {
    async known() {
      if (told !== undefined) return told.id === undefined ? undefined : { id: told.id, trust: 'remembered' };
      if (pin !== undefined) return { id: pin, trust: 'pinned' };
      const id = await stored.load();
      return id === undefined ? undefined : { id, trust: 'remembered' };
    },
    trust(gatewayId) {
      told = { id: gatewayId };
      return stored.save(gatewayId);
    },
  };
}
