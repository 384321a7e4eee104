import type { StoredEvent } from '@tyrum/gateway-core';
import { describe, expect, it } from 'vitest';
import type { Report } from './reports.ts';
import { createTally } from './tally.ts';
import { createVerifier, TASK_COMMAND } from './verifier.ts';

/** A log of one message, its turn and its task, as it is when nothing is broken. */
const TURN = ['turn.queued', 'turn.started', 'turn.completed'];
const message = (id: string, content = `${TASK_COMMAND} {}`) => ({
  type: 'message.final',
  payload: { role: 'user', message_id: id, content },
});
const wellLog = [message('m1'), ...TURN.map((type) => ({ type, payload: { turn_id: 't1' } }))];
const wellReports: Report[] = [
  { kind: 'sending', messageId: 'm1' },
  { kind: 'acknowledged', messageId: 'm1', turnId: 't1' },
  { kind: 'performed', job: 'm1' },
  ...[1, 2, 3, 4].map((place) => ({ kind: 'applied', eventId: `e${place}`, type: '' }) as const),
];

function judge({
  log = wellLog as readonly { type: string; payload: object }[],
  reports = wellReports,
  inParts = false,
}) {
  const tally = createTally();
  for (const report of reports) tally.take('client1', report);
  const verifier = createVerifier(tally);
  const events = log.map(
    ({ type, payload }, index): StoredEvent => ({
      position: index + 1,
      eventId: `e${index + 1}`,
      type,
      occurredAt: 0,
      payload: JSON.stringify(payload),
    }),
  );
  if (inParts) for (const event of events) verifier.read([event]);
  else verifier.read(events);
  return { broken: verifier.broken, unfinished: verifier.unfinished() };
}

const without = (kind: Report['kind'], at = 0) => {
  const found = wellReports.filter((report) => report.kind === kind)[at];
  return wellReports.filter((report) => report !== found);
};

describe('a verifier', () => {
  it('finds nothing where nothing is broken', () => {
    expect(judge({})).toEqual({ broken: [], unfinished: [] });
  });

  const breaks: [what: string, given: Parameters<typeof judge>[0], finding: RegExp][] = [
    [
      'an acknowledged message that the log does not have',
      { log: wellLog.slice(1) },
      /acknowledged message is lost: m1/,
    ],
    ['a message that happened twice', { log: [...wellLog, message('m1')] }, /happened 2 times: m1/],
    ['a message that nobody sent', { log: [...wellLog, message('m9')] }, /nobody sent: m9/],
    [
      'a refused message that happened',
      { reports: [...wellReports, { kind: 'refused', messageId: 'm1', error: 'unavailable' }] },
      /refused and happened all the same: m1/,
    ],
    [
      'a turn that ended twice',
      { log: [...wellLog, { type: 'turn.completed', payload: { turn_id: 't1' } }] },
      /turn.completed t1: 2 times/,
    ],
    ['a job that was done twice', { reports: [...wellReports, { kind: 'performed', job: 'm1' }] }, /did m1 2 times/],
    ['an event that was skipped', { reports: without('applied', 1) }, /event 1 should be turn.queued at 2/],
    [
      'an event that came twice',
      { reports: [...wellReports, { kind: 'applied', eventId: 'e4', type: '' }] },
      /event 4 should be nothing/,
    ],
    [
      'an event that the log does not have',
      { reports: [...without('applied'), { kind: 'applied', eventId: 'e7', type: '' }] },
      /should be|does not have/,
    ],
    [
      'a first event that the log does not have',
      { reports: [{ kind: 'applied', eventId: 'e7', type: '' }, ...wellReports] },
      /event that the log does not have: e7/,
    ],
    ['a snapshot', { reports: [...wellReports, { kind: 'snapshot', reason: 'trimmed' }] }, /snapshot .*trimmed/],
    ['a failure of a peer', { reports: [...wellReports, { kind: 'failed', error: 'stopped' }] }, /client1: stopped/],
  ];
  it.each(breaks)('finds %s', (_what, given, finding) => {
    expect(judge(given).broken).toContainEqual(expect.stringMatching(finding));
  });

  const losses: [what: string, given: Parameters<typeof judge>[0], finding: RegExp][] = [
    ['a turn that never ended', { log: wellLog.slice(0, 3) }, /turn.completed never came for turn t1/],
    ['a job that nobody did', { reports: without('performed') }, /no node did m1/],
    ['last events that never came', { reports: without('applied', 3) }, /missed the last 1 events/],
    ['first events that never came', { reports: without('applied') }, /missed events before its first one/],
  ];
  it.each(losses)('finds, when all is at rest, %s', (_what, given, finding) => {
    expect(judge(given).unfinished).toContainEqual(expect.stringMatching(finding));
  });

  it('judges a log that it reads bit by bit like one that it reads at once', () => {
    const early = judge({ inParts: true, reports: wellReports.filter(({ kind }) => kind !== 'acknowledged') });

    expect(early).toEqual({ broken: [], unfinished: [] });
  });
});
