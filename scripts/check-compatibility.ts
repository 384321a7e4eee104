import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeRevision, type RevisionArtefact } from '../packages/contracts/src/artefacts.ts';
import { tyrum } from '../packages/contracts/src/tyrum.ts';
import { judge } from './compatibility/judge.ts';
import { breaks, type Judgement } from './compatibility/judgement.ts';
import { locate } from './compatibility/locate.ts';

/** One comparison, and whether a break in it is allowed: the revision is in the making, or the two have different numbers. */
interface Comparison {
  readonly name: string;
  readonly before: RevisionArtefact;
  readonly after: RevisionArtefact;
  readonly free: boolean;
}

/**
 * Compares the working tree with the file of each revision, or one file with another, and prints a verdict for each change.
 *
 * @returns whether no revision that peers rely on was broken
 */
function checkCompatibility(files: readonly string[]): boolean {
  const comparisons = files.length === 2 ? [betweenFiles(files)] : withTheWorkingTree();
  return comparisons.map(report).every(Boolean);
}

function withTheWorkingTree(): readonly Comparison[] {
  return tyrum.revisions
    .filter(({ status }) => status !== 'retired')
    .map(({ revision, released }) => ({
      name: `revision ${revision}${released === null ? ', not released yet' : ''}`,
      before: read(
        fileURLToPath(
          new URL(`../packages/contracts/revisions/${String(revision).padStart(4, '0')}.json`, import.meta.url),
        ),
      ),
      after: describeRevision(tyrum, revision),
      free: released === null,
    }));
}

function betweenFiles([one = '', other = '']: readonly string[]): Comparison {
  const [before, after] = [read(one), read(other)];
  return { name: `${one} → ${other}`, before, after, free: before.revision !== after.revision };
}

function read(path: string): RevisionArtefact {
  return JSON.parse(readFileSync(path, 'utf8')) as RevisionArtefact;
}

function report({ name, before, after, free }: Comparison): boolean {
  const judgements = judge(before, after);
  const broken = judgements.filter(breaks).length;
  const consequence = free
    ? `${broken} of which need a revision that is not released`
    : `${broken} of which break the revision`;
  const summary = judgements.length === 0 ? 'unchanged' : `${judgements.length} changes, ${consequence}`;
  console.log([`${name}: ${summary}`, ...judgements.map(lines)].join('\n'));
  return free || broken === 0;
}

function lines({ subject, path, what, verdict, fails, advice }: Judgement): string {
  const place = locate(subject);
  const failure =
    fails === 'nobody' ? '' : `; fails: ${fails === 'both' ? 'both sides' : `an ${fails}`}`.replace('an new', 'a new');
  return `  ${verdict.padEnd(8)}  ${subject}${path === '' ? '' : ` ${path}`}: ${what}${failure}\n            ${place === undefined ? '' : `${place}: `}${advice}`;
}

if (!checkCompatibility(process.argv.slice(2))) process.exitCode = 1;
