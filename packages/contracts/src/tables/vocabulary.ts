/** Who a peer can be. */
export const ROLES = ['client', 'node'] as const;
export type Role = (typeof ROLES)[number];

/** What a token can allow. None implies another. `node.paired` is what an approved pairing gives to its node. */
export const SCOPES = [
  'operator.read',
  'operator.write',
  'operator.approvals',
  'operator.pairing',
  'operator.admin',
  'node.paired',
] as const;
export type Scope = (typeof SCOPES)[number];

/** The scopes that mean something to a role: the others are dropped when a connection takes that role. */
export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  client: ['operator.read', 'operator.write', 'operator.approvals', 'operator.pairing', 'operator.admin'],
  node: ['node.paired'],
};

/** Who starts a request. */
export const REQUEST_DIRECTIONS = ['to_gateway', 'to_peer', 'both'] as const;
export type RequestDirection = (typeof REQUEST_DIRECTIONS)[number];

/** What a repeat of a request means; every retry rule follows from it. */
export const EFFECT_CLASSES = {
  read: { summary: 'No state changes.', repeat: 'It runs again.' },
  once: {
    summary: "State changes in the gateway's own store.",
    repeat: 'The stored response comes back with `replayed: true`; the effect happened once.',
  },
  remote: {
    summary: 'Something outside the store acts.',
    repeat: "It joins the first; the other side's own journal makes it once.",
  },
} as const;
export type EffectClass = keyof typeof EFFECT_CLASSES;

/** How an event is kept, and with it how it can be missed. */
export const EVENT_KEEPING = {
  durable: 'In the log, with a cursor; a peer that missed it gets it on resume.',
  ephemeral: 'Not in the log, no cursor, may be dropped; what it was building ends in a durable event.',
  direct: 'To its one addressee, never in the log.',
  control: 'About the connection itself, never in the log.',
} as const;
export type EventKeeping = keyof typeof EVENT_KEEPING;
