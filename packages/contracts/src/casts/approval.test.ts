import { describe, expect, it } from 'vitest';
import type { Schema } from '../define/operation.ts';
import { mustFit } from '../define/read-as.ts';
import type { RequestView } from '../define/revision-view.ts';
import { tyrum } from '../tyrum.ts';
import { exampleApproval } from '../values/example.ts';

const resolve = (revision: number) => tyrum.at(revision).requests.get('approval.resolve') as RequestView;
const tool = { tool_id: 'shell', target: 'git push' };
const approval = { ...exampleApproval, status: 'denied', tool };

describe('approval.resolve at revision 2', () => {
  it.each(['conflict', 'invalid_state'])('answers with the approval as it stands in place of %s [RQ-24]', (code) => {
    const answer = resolve(2).downError({ code, details: { approval } });

    expect(answer).toEqual({ result: { approval: { ...exampleApproval, status: 'denied' } } });
  });

  it.each([
    ['a refusal that has nothing to do with what was answered', 'not_found', { approval }],
    ['a state that carries no approval', 'invalid_state', undefined],
    ['a conflict over something else', 'conflict', { pairing: 1 }],
    ['an approval that revision 2 cannot say', 'conflict', { approval: { ...approval, status: 'doubted' } }],
  ])('refuses as revision 3 does for %s', (_what, code, details) => {
    expect(resolve(2).downError({ code, details })).toBeUndefined();
  });

  it('is the same refusal at revision 3', () => {
    expect(resolve(3).downError({ code: 'conflict', details: { approval } })).toBeUndefined();
  });

  it('does not tell of the tool, which came with revision 3', () => {
    const said = (revision: number) => mustFit(resolve(revision).result as Schema, { approval }, 'result');

    expect(said(2)).toEqual({ approval: { ...exampleApproval, status: 'denied' } });
    expect(said(3)).toEqual({ approval });
  });
});
