import { describe, expect, it } from 'vitest';
import type { RevisionArtefact } from '../../packages/contracts/src/artefacts/describe.ts';
import { judge } from './judge.ts';
import { breaks } from './judgement.ts';

const text = { type: 'string' };
const item = { type: 'object', properties: { name: text }, required: ['name'] };

const BASE = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://example.com/3/contract.json',
  contract: 'shop',
  revision: 3,
  $defs: { Item: item, 'Item.closed': { ...item, additionalProperties: false } },
  requests: {
    'item.put': {
      direction: 'to_gateway',
      effect: 'once',
      errors: ['not_found'],
      roles: ['client'],
      scopes: ['operator.write'],
      since: 3,
      summary: 'Puts an item.',
      payload: {
        type: 'object',
        additionalProperties: false,
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 10, pattern: '^[a-z]+$' },
          color: { enum: ['green', 'red'], type: 'string' },
          count: { type: 'integer', default: 1 },
          item: { $ref: '#/$defs/Item.closed' },
          tags: { type: 'array', items: text, maxItems: 3 },
          note: { type: ['null', 'string'] },
          place: {
            oneOf: [
              { type: 'object', properties: { kind: { const: 'shelf' } }, required: ['kind'] },
              { type: 'object', properties: { kind: { const: 'box' } }, required: ['kind'] },
            ],
          },
        },
        required: ['name'],
      },
      result: { type: 'object', properties: { item: { $ref: '#/$defs/Item' }, hint: text }, required: ['item'] },
    },
    'item.fetch': {
      direction: 'to_peer',
      effect: 'remote',
      errors: [],
      roles: ['node'],
      scopes: ['node.paired'],
      since: 3,
      payload: { type: 'object', properties: { name: text }, required: ['name'] },
      result: {
        type: 'object',
        additionalProperties: false,
        properties: { item: { $ref: '#/$defs/Item.closed' } },
        required: ['item'],
      },
    },
    ping: {
      direction: 'both',
      effect: 'read',
      errors: [],
      roles: ['client', 'node'],
      scopes: [],
      since: 2,
      payload: { type: 'object', properties: {}, additionalProperties: false },
    },
  },
  events: {
    'item.updated': {
      kept: 'durable',
      roles: ['client'],
      scopes: ['operator.read'],
      since: 3,
      payload: { type: 'object', properties: { item: { $ref: '#/$defs/Item' }, by: text }, required: ['item'] },
    },
  },
  frames: {
    request: {
      type: 'object',
      additionalProperties: false,
      properties: { request_id: text },
      required: ['request_id'],
    },
  },
  errors: { not_found: { retryable: false, http_status: 404 } },
  close_codes: { 4001: { name: 'unauthorized', reconnect: 'stop' } },
};

const GONE = Symbol('gone');
const PUT = 'requests/item.put/';
const PAYLOAD = `${PUT}payload/properties/`;
const put = 'request item.put';

/** Each row: what was changed, the change, and every judgement of it as `verdict, who fails: where: what`. */
const CHANGES: readonly [string, Readonly<Record<string, unknown>>, readonly string[]][] = [
  ['nothing', {}, []],
  ['a summary', { [`${PUT}summary`]: 'Puts it.' }, [`none, nobody: ${put} summary: another sentence`]],
  [
    'the name of a shared schema',
    { '$defs/Thing': item, [`${PUT}result/properties/item`]: { $ref: '#/$defs/Thing' } },
    [`source, nobody: ${put} result: the same is said in other words`],
  ],

  [
    'a request that came',
    { 'requests/item.get': BASE.requests['item.put'] },
    ['wire, new peer: request item.get: the request came'],
  ],
  ['a request that is gone', { 'requests/item.put': GONE }, [`wire, old peer: ${put}: the request is gone`]],
  [
    'a request to a peer that came',
    { 'requests/item.drop': BASE.requests['item.fetch'] },
    ['wire, old peer: request item.drop: the request came'],
  ],
  [
    'another direction',
    { [`${PUT}direction`]: 'to_peer' },
    [`wire, both: ${put} direction: direction goes from to_gateway to to_peer`],
  ],
  ['another effect', { [`${PUT}effect`]: 'read' }, [`semantic, nobody: ${put} effect: effect goes from once to read`]],
  [
    'another scope',
    { [`${PUT}scopes`]: ['operator.admin'] },
    [`semantic, nobody: ${put} scopes: scopes: - operator.write, + operator.admin`],
  ],
  ['one more role', { [`${PUT}roles`]: ['client', 'node'] }, [`semantic, nobody: ${put} roles: roles: + node`]],
  [
    'one more error code',
    { [`${PUT}errors`]: ['conflict', 'not_found'] },
    [`semantic, nobody: ${put} errors: errors: + conflict`],
  ],
  ['one error code less', { [`${PUT}errors`]: [] }, [`semantic, nobody: ${put} errors: errors: - not_found`]],
  [
    'a void result that has a value',
    { 'requests/ping/result': item },
    ['wire, both: request ping result: a void result has a value'],
  ],
  ['a result that became void', { [`${PUT}result`]: GONE }, [`wire, old peer: ${put} result: the result became void`]],

  [
    'an optional field in a payload',
    { [`${PAYLOAD}size`]: text },
    [`wire, new peer: ${put} payload.size: an optional field came`],
  ],
  [
    'a required field in a payload',
    { [`${PAYLOAD}size`]: text, [`${PUT}payload/required`]: ['name', 'size'] },
    [`wire, old peer: ${put} payload.size: a required field came`],
  ],
  [
    'a field of a payload that is gone',
    { [`${PAYLOAD}note`]: GONE },
    [`wire, old peer: ${put} payload.note: the field is refused`],
  ],
  [
    'a field that became required',
    { [`${PUT}payload/required`]: ['color', 'name'] },
    [`wire, old peer: ${put} payload.color: the field became required`],
  ],
  [
    'a field that may be left out',
    { [`${PUT}payload/required`]: [] },
    [`wire, new peer: ${put} payload.name: the field may be left out`],
  ],
  [
    'another default',
    { [`${PAYLOAD}count/default`]: 2 },
    [`semantic, nobody: ${put} payload.count: left out, it means 2 and no longer 1`],
  ],
  [
    'a default that is gone',
    { [`${PAYLOAD}count/default`]: GONE },
    [`semantic, nobody: ${put} payload.count: left out, it means nothing and no longer 1`],
  ],
  [
    'a longer text',
    { [`${PAYLOAD}name/maxLength`]: 20 },
    [`wire, new peer: ${put} payload.name: maxLength goes from 10 to 20`],
  ],
  [
    'a shorter text',
    { [`${PAYLOAD}name/maxLength`]: 5 },
    [`wire, old peer: ${put} payload.name: maxLength goes from 10 to 5`],
  ],
  [
    'a bound that is gone',
    { [`${PAYLOAD}name/minLength`]: GONE },
    [`wire, new peer: ${put} payload.name: minLength goes from 1 to nothing`],
  ],
  [
    'a bound that came',
    { [`${PAYLOAD}tags/minItems`]: 1 },
    [`wire, old peer: ${put} payload.tags: minItems goes from nothing to 1`],
  ],
  [
    'another pattern',
    { [`${PAYLOAD}name/pattern`]: '^.$' },
    [`wire, both: ${put} payload.name: pattern goes from "^[a-z]+$" to "^.$"`],
  ],
  [
    'a format that came',
    { [`${PAYLOAD}name/format`]: 'uuid' },
    [`wire, old peer: ${put} payload.name: format goes from nothing to "uuid"`],
  ],
  [
    'another type',
    { [`${PAYLOAD}tags/items/type`]: 'number' },
    [
      `wire, old peer: ${put} payload.tags[]: string is refused`,
      `wire, new peer: ${put} payload.tags[]: number is accepted`,
    ],
  ],
  [
    'fractions',
    { [`${PAYLOAD}count/type`]: 'number' },
    [`wire, new peer: ${put} payload.count: fractions are accepted`],
  ],
  [
    'a null that is refused',
    { [`${PAYLOAD}note/type`]: 'string' },
    [`wire, old peer: ${put} payload.note: null is refused`],
  ],
  [
    'a value that came',
    { [`${PAYLOAD}color/enum`]: ['blue', 'green', 'red'] },
    [`wire, new peer: ${put} payload.color: the value "blue" is accepted`],
  ],
  [
    'a value that is gone',
    { [`${PAYLOAD}color/enum`]: ['red'] },
    [`wire, old peer: ${put} payload.color: the value "green" is refused`],
  ],
  [
    'a list of values that is gone',
    { [`${PAYLOAD}color/enum`]: GONE },
    [`wire, new peer: ${put} payload.color: values outside the list are accepted`],
  ],
  [
    'an option that is gone',
    { [`${PAYLOAD}place/oneOf/1`]: GONE },
    [`wire, old peer: ${put} payload.place: kind "box" is no longer accepted`],
  ],
  [
    'an option that came',
    { [`${PAYLOAD}place/oneOf/2`]: { type: 'object', properties: { kind: { const: 'van' } } } },
    [`wire, new peer: ${put} payload.place: kind "van" is accepted too`],
  ],
  [
    'a field in an option',
    { [`${PAYLOAD}place/oneOf/1/properties/lid`]: { type: 'boolean' } },
    [`source, nobody: ${put} payload.place.lid: an optional field came`],
  ],
  [
    'a payload that is open',
    { [`${PUT}payload/additionalProperties`]: {} },
    [`wire, new peer: ${put} payload: unknown keys are accepted`],
  ],
  [
    'a shared schema',
    { '$defs/Item.closed/properties/name/maxLength': 9 },
    [
      'wire, old peer: request item.fetch result.item.name: maxLength goes from nothing to 9',
      `wire, old peer: ${put} payload.item.name: maxLength goes from nothing to 9`,
    ],
  ],

  [
    'an optional field in a result',
    { [`${PUT}result/properties/size`]: text },
    [`source, nobody: ${put} result.size: an optional field came`],
  ],
  [
    'a required field in a result',
    { [`${PUT}result/properties/size`]: text, [`${PUT}result/required`]: ['item', 'size'] },
    [`wire, new peer: ${put} result.size: a required field came`],
  ],
  [
    'an optional field of a result that is gone',
    { [`${PUT}result/properties/hint`]: GONE },
    [`source, nobody: ${put} result.hint: an optional field is gone`],
  ],
  [
    'a required field of a result that is gone',
    { [`${PUT}result/properties/item`]: GONE, [`${PUT}result/required`]: [] },
    [`wire, old peer: ${put} result.item: a required field is no longer written`],
  ],
  [
    'a required field in what a peer is asked',
    { 'requests/item.fetch/payload/properties/size': text, 'requests/item.fetch/payload/required': ['name', 'size'] },
    ['wire, new peer: request item.fetch payload.size: a required field came'],
  ],

  [
    'an event that came',
    { 'events/item.sold': BASE.events['item.updated'] },
    ['source, nobody: event item.sold: the event came'],
  ],
  ['an event that is gone', { 'events/item.updated': GONE }, ['wire, old peer: event item.updated: the event is gone']],
  [
    'an event that is kept otherwise',
    { 'events/item.updated/kept': 'ephemeral' },
    ['semantic, nobody: event item.updated kept: kept goes from durable to ephemeral'],
  ],
  [
    'an event for other eyes',
    { 'events/item.updated/scopes': [] },
    ['semantic, nobody: event item.updated scopes: scopes: - operator.read'],
  ],
  [
    'a field of an event that may be left out',
    { 'events/item.updated/payload/required': [] },
    ['wire, old peer: event item.updated payload.item: the field may be left out'],
  ],

  [
    'a key of an envelope',
    { 'frames/request/properties/key': text },
    ['wire, both: frame request key: an optional field came'],
  ],
  ['an error code that came', { 'errors/gone': { retryable: false } }, ['wire, old peer: error gone: the code came']],
  ['an error code that is gone', { 'errors/not_found': GONE }, ['wire, new peer: error not_found: the code is gone']],
  [
    'an error that can be retried',
    { 'errors/not_found/retryable': true },
    ['semantic, nobody: error not_found retryable: retryable goes from false to true'],
  ],
  [
    'a close code that means another thing',
    { 'close_codes/4001/reconnect': 'reconnect' },
    ['semantic, nobody: close code 4001 reconnect: reconnect goes from "stop" to "reconnect"'],
  ],
  [
    'a close code that came',
    { 'close_codes/4010': { name: 'x', reconnect: 'stop' } },
    ['semantic, nobody: close code 4010: the code came'],
  ],
];

const artefact = (changes: Readonly<Record<string, unknown>>, revision = 3) =>
  edited({ ...(JSON.parse(JSON.stringify(BASE)) as typeof BASE), revision }, changes);
const said = (changes: Readonly<Record<string, unknown>>, revision = 3) =>
  judge(artefact({}, revision), artefact(changes, revision)).map(
    ({ verdict, fails, subject, path, what }) =>
      `${verdict}, ${fails}: ${subject}${path === '' ? '' : ` ${path}`}: ${what}`,
  );

describe('the judgement of a change', () => {
  it.each(CHANGES)('of %s is told', (_what, changes, expected) => {
    expect(said(changes)).toEqual(expected);
  });

  it('covers at least 25 kinds', () => {
    expect(new Set(CHANGES.flatMap(([, , expected]) => expected)).size).toBeGreaterThan(25);
  });

  it.each([
    ['an optional field in a result', { [`${PUT}result/properties/size`]: text }],
    ['an event that came', { 'events/item.sold': BASE.events['item.updated'] }],
  ])('at revision 2, whose readers are strict, is a break for %s', (_what, changes) => {
    expect(judge(artefact({}, 2), artefact(changes, 2)).map(({ verdict, fails }) => [verdict, fails])).toEqual([
      ['wire', 'old peer'],
    ]);
  });

  it('breaks a revision when somebody fails or something else is meant, and not else', () => {
    const verdicts = CHANGES.flatMap(([, changes]) => judge(artefact({}), artefact(changes)));

    expect(new Set(verdicts.filter(breaks).map(({ verdict }) => verdict))).toEqual(new Set(['wire', 'semantic']));
    expect(new Set(verdicts.filter((one) => !breaks(one)).map(({ verdict }) => verdict))).toEqual(
      new Set(['source', 'none']),
    );
  });

  it('says what to do instead', () => {
    const advice = (changes: Readonly<Record<string, unknown>>) =>
      judge(artefact({}), artefact(changes)).map((one) => one.advice);

    expect(advice({ [`${PAYLOAD}size`]: text })).toEqual(["make it optional, with 'x-since': 4"]);
    expect(advice({ [`${PAYLOAD}note`]: GONE })).toEqual(["keep it, optional, with 'x-until': 3"]);
    expect(advice({ [`${PUT}payload/properties/name/maxLength`]: 5 })).toEqual([
      'make it revision 4, with a cast of request item.put from 3',
    ]);
    expect(advice({ 'requests/item.put': GONE })).toEqual(['keep it, with until: 3']);
    expect(advice({ 'requests/item.get': BASE.requests['item.put'] })).toEqual(['give it since: 4']);
  });

  it('fails on a reference that leads nowhere', () => {
    expect(() => said({ [`${PAYLOAD}item`]: { $ref: '#/$defs/Nothing' } })).toThrow('#/$defs/Nothing is not defined');
  });
});

function edited(subject: typeof BASE, changes: Readonly<Record<string, unknown>>): RevisionArtefact {
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('/');
    const last = keys.pop() as string;
    const holder = keys.reduce<Record<string, unknown>>((inner, key) => inner[key] as Record<string, unknown>, subject);
    if (value !== GONE) holder[last] = value;
    else if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else delete holder[last];
  }
  return subject as unknown as RevisionArtefact;
}
