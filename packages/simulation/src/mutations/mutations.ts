import { answersSomeNever, answersTheWrongRequest, answersTwice } from './broken-channels.ts';
import { forgetsTheCursor, forgetsTheOutbox } from './broken-storages.ts';
import { acknowledgesEarly, splitsTheLedgerOff, splitsTheLogOff } from './broken-stores.ts';
import type { Mutation } from './mutation.ts';

/** The deliberate bugs, each of which the worlds of the fixed set have to find. */
export const mutations: readonly Mutation[] = [
  { name: 'acknowledges before the commit', seed: '1', wrapStore: acknowledgesEarly },
  { name: 'keeps the ledger entry outside the transaction', seed: '24', wrapStore: splitsTheLedgerOff },
  { name: 'appends events outside the transaction', seed: '29', wrapStore: splitsTheLogOff },
  { name: 'answers the wrong request', seed: '1', wrapChannel: answersTheWrongRequest },
  { name: 'answers twice', seed: '1', wrapChannel: answersTwice },
  { name: 'never answers some requests', seed: '1', wrapChannel: answersSomeNever },
  { name: 'keeps the cursor in memory', seed: '6', wrapStorage: forgetsTheCursor },
  { name: 'keeps unsettled requests in memory', seed: '49', wrapStorage: forgetsTheOutbox },
  {
    name: 'resumes one event too late',
    seed: '2',
    edits: [
      {
        file: 'gateway-core/src/engine/events/recovery.ts',
        find: "recovery: { outcome: 'resumed' }, position: read.position,",
        replace: "recovery: { outcome: 'resumed' }, position: read.position + 1,",
      },
    ],
  },
  {
    name: 'resumes one event too early',
    seed: '2',
    edits: [
      {
        file: 'gateway-core/src/engine/events/recovery.ts',
        find: "recovery: { outcome: 'resumed' }, position: read.position,",
        replace: "recovery: { outcome: 'resumed' }, position: read.position - 1,",
      },
    ],
  },
  {
    name: 'takes a cursor of another epoch',
    seed: '23',
    edits: [{ file: 'gateway-core/src/engine/events/recovery.ts', find: 'read.epoch !== state.epoch ||', replace: '' }],
  },
  {
    name: 'says trimmed where nothing is missing',
    seed: '12',
    edits: [
      {
        file: 'gateway-core/src/engine/events/recovery.ts',
        find: 'read.position < state.floor',
        replace: 'read.position <= state.floor',
      },
    ],
  },
  {
    name: 'takes a cursor of other scopes',
    seed: '4',
    edits: [
      {
        file: 'gateway-core/src/engine/events/cursor.ts',
        find: 'parts.scopes !== scopeTag(audience)',
        replace: 'parts.scopes === ""',
      },
    ],
  },
  {
    name: 'knows a repeat by the connection instead of the device',
    seed: '1',
    edits: [
      {
        file: 'gateway-core/src/engine/requests/dispatcher.ts',
        find: 'device: caller.deviceId,',
        replace: 'device: caller.connectionId ?? "",',
      },
    ],
  },
  {
    name: 'ignores the idempotency key',
    seed: '1',
    edits: [
      {
        file: 'gateway-core/src/engine/requests/dispatcher.ts',
        find: 'key: frame.idempotency_key ?? frame.request_id,',
        replace: 'key: frame.request_id,',
      },
    ],
  },
  {
    name: 'takes another payload under a key that was used',
    seed: '14',
    edits: [
      {
        file: 'gateway-core/src/engine/requests/ledger.ts',
        find: 'if (entry.payloadHash !== payloadHash) return keyConflict(key);',
        replace: '',
      },
    ],
  },
  {
    name: 'forgets what became of a request',
    seed: '9',
    edits: [
      {
        file: 'gateway-core/src/engine/requests/ledger.ts',
        find: "if (entry.state === 'completed') return { status: 'completed', outcome: storedOutcome(entry) };",
        replace: "if (entry.state === 'completed') return { status: 'unknown' };",
      },
    ],
  },
  {
    name: 'says of an answer that it is older than it is',
    seed: '3',
    edits: [
      {
        file: 'gateway-core/src/engine/requests/dispatcher.ts',
        find: 'asOf: { position: head, eventId: headEventId }',
        replace: 'asOf: { position: Math.max(0, head - 1), eventId: headEventId }',
      },
    ],
  },
  {
    name: 'keeps what a refused handler wrote',
    seed: '1',
    edits: [
      {
        file: 'gateway-core/src/engine/requests/ledger.ts',
        find: 'if (!ran.outcome.ok) throw new Refused(ran.outcome);',
        replace: 'if (!ran.outcome.ok) return ran.outcome;',
      },
    ],
  },
  {
    name: 'leaves the claims of a dead process as they are',
    seed: '162',
    edits: [
      { file: 'gateway-core/src/engine/start-gateway.ts', find: 'tx.ledger.abandon(owner)', replace: 'undefined' },
    ],
  },
  {
    name: 'replays without the audience check',
    seed: '1',
    edits: [
      {
        file: 'gateway-core/src/engine/events/delivery.ts',
        find: 'if (this.#places === undefined && next.typeHiddenFrom(this.#peer)) {',
        replace:
          'if (this.#places === undefined && next.typeHiddenFrom(this.#peer) && next.event.position >= tail.head) {',
      },
      {
        file: 'gateway-core/src/engine/events/delivery.ts',
        find: 'const frames = encoded.framesFor(this.#peer, this.#peer.view.revision);',
        replace:
          'const { revision } = this.#peer.view; const frames = this.#position < this.#tail.head ? encoded.framesAt(revision) : encoded.framesFor(this.#peer, revision);',
      },
    ],
  },
  {
    name: 'sends what is for one device to all',
    seed: '1',
    edits: [
      {
        file: 'gateway-core/src/engine/rights/audience.ts',
        find: 'if (device !== undefined && device !== viewer.deviceId) return false;',
        replace: '',
      },
    ],
  },
  {
    name: 'leaves connections open whose token was changed',
    seed: '4',
    edits: [
      {
        file: 'gateway-core/src/engine/rights/token-watch.ts',
        find: 'for (const [peer, known] of [...(watched.get(tokenId) ?? [])]) endChanged(peer, known, principal);',
        replace: '',
      },
    ],
  },
  {
    name: 'acknowledges a place and does not keep it',
    seed: '112',
    edits: [
      {
        file: 'gateway-core/src/engine/requests/engine-operations.ts',
        find: 'await tx.cursors.put(tenant, deviceId, { position: read.position, cursor });',
        replace: '',
      },
    ],
  },
  {
    name: 'does not return the credit',
    seed: '1',
    edits: [
      {
        file: 'gateway-core/src/engine/requests/engine-operations.ts',
        find: 'delivery.acked(read.position);',
        replace: '',
      },
    ],
  },
  {
    name: 'sends without credit',
    seed: '1',
    edits: [
      {
        file: 'gateway-core/src/engine/events/delivery.ts',
        find: 'return this.#unacked.count < this.#services.limits.event_window &&',
        replace: 'return',
      },
    ],
  },
  {
    name: 'sends on past the high-water mark',
    seed: '7',
    edits: [
      {
        file: 'gateway-core/src/engine/events/delivery.ts',
        find: 'return this.#unacked.count < this.#services.limits.event_window && !this.#output.full();',
        replace: 'return this.#unacked.count < this.#services.limits.event_window;',
      },
    ],
  },
  {
    name: 'sends a task again under a new id',
    seed: '7',
    edits: [
      {
        file: 'gateway-core/src/domain/tasks/dispatch-task.ts',
        find: 'const dispatch_id = earlier ?? randomUuid(options.random);',
        replace: 'const dispatch_id = randomUuid(options.random);',
      },
    ],
  },
  {
    name: 'does not take up turns after a crash',
    seed: '24',
    edits: [{ file: 'gateway-core/src/domain/turns/turn-runs.ts', find: 'while (await adopt());', replace: '' }],
  },
  {
    name: 'does not look at prev',
    seed: '3',
    edits: [
      {
        file: 'client-sdk/src/events/sequencer.ts',
        find: 'if (frame.prev !== received)',
        replace: 'if (received === null)',
      },
    ],
  },
  {
    name: 'acknowledges events before they are handled',
    seed: '285',
    edits: [
      {
        file: 'client-sdk/src/events/sequencer.ts',
        find: "enqueue({ kind: 'event', frame, cursor,",
        replace:
          "if (cursor !== undefined) { processed = cursor; acknowledger.processed(cursor, true); } enqueue({ kind: 'event', frame, cursor,",
      },
    ],
  },
  {
    name: 'forgets requests when the connection is lost',
    seed: '4',
    edits: [
      {
        file: 'client-sdk/src/requests/pending.ts',
        find: 'for (const pending of book.requeueSent()) {',
        replace: 'for (const pending of book.requeueSent()) { book.drop(pending);',
      },
    ],
  },
  {
    name: 'sends a request again under a new id',
    seed: '11',
    edits: [
      {
        file: 'client-sdk/src/requests/pending.ts',
        find: 'pending.unanswered = true;',
        replace: 'Object.assign(pending, { unanswered: true, requestId: orderedUuid(random, clock.now()) });',
      },
    ],
  },
  {
    name: 'does not notice a silent gateway',
    seed: '11',
    edits: [{ file: 'client-sdk/src/connection/heartbeat.ts', find: 'return onDead();', replace: 'unanswered = 0;' }],
  },
  {
    name: 'answers the gateway twice',
    seed: '1',
    edits: [
      {
        file: 'client-sdk/src/serving/incoming-requests.ts',
        find: 'answer(outcome); running -= 1;',
        replace: 'answer(outcome); answer(outcome); running -= 1;',
      },
    ],
  },
  {
    name: 'does again what its journal has',
    seed: '46',
    edits: [
      {
        file: 'client-sdk/src/serving/remote-runs.ts',
        find: 'entry = await journal.find(key);',
        replace: 'entry = undefined;',
      },
    ],
  },
];
