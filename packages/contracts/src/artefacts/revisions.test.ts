import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REVISION_HASHES } from '../revision-hashes.gen.ts';
import { tyrum } from '../tyrum.ts';
import { describeRevision } from './describe.ts';
import type { Json } from './json.ts';
import { describeChange, jsonChanges } from './json-changes.ts';
import { hashArtefact } from './lock.ts';

const COMMAND = 'pnpm lock-revision';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

describe.each(tyrum.revisions.filter((entry) => entry.status !== 'retired'))(
  'the artefact of revision $revision',
  (entry) => {
    const { revision, released } = entry;
    const name = `revisions/${String(revision).padStart(4, '0')}.json`;
    const text = readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

    it('is what its committed file says', () => {
      const moved = jsonChanges(JSON.parse(text) as Json, describeRevision(tyrum, revision)).map(describeChange);

      const advice = released === null ? `run ${COMMAND}` : 'the revision is released: put the change into a new one';
      expect(moved, `${name} is not what the definitions say; ${advice}`).toEqual([]);
    });

    it('has the hash that peers agree on', () => {
      expect(REVISION_HASHES[revision as keyof typeof REVISION_HASHES], `run ${COMMAND}`).toBe(
        hashArtefact(JSON.parse(text) as Json, sha256),
      );
    });

    it('is written the same way each time, its keys in order', () => {
      expect(`${JSON.stringify(describeRevision(tyrum, revision), null, 2)}\n`).toBe(text);
    });
  },
);
