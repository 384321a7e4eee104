import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describeChange, jsonChanges } from '../packages/contracts/src/artefacts/json-changes.ts';
import { spokenModules } from '../packages/contracts/src/artefacts/spoken/spoken-modules.ts';
import { describeRevision, hashArtefact, type Json } from '../packages/contracts/src/artefacts.ts';
import { tyrum } from '../packages/contracts/src/tyrum.ts';

const contracts = new URL('../packages/contracts/', import.meta.url);

/**
 * Writes the artefact of each served revision to `packages/contracts/revisions/` and the hashes to
 * `src/revision-hashes.gen.ts`, and to `src/spoken/` what a peer without zod speaks them by. The file of a released revision is frozen: where the definitions have moved away from it,
 * nothing is written and the exit code is 1, unless `--refreeze <revision>` says that no peer has that file yet.
 */
function lockRevisions(refrozen: readonly number[]): boolean {
  const files = tyrum.served.map((revision) => {
    const path = new URL(`revisions/${String(revision).padStart(4, '0')}.json`, contracts);
    const released = tyrum.revisions.some((entry) => entry.revision === revision && entry.released !== null);
    const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Json) : undefined;
    return {
      revision,
      path,
      before,
      frozen: released && !refrozen.includes(revision),
      after: describeRevision(tyrum, revision),
    };
  });

  const moved = files.filter(
    ({ frozen, before, after }) => frozen && before !== undefined && jsonChanges(before, after).length > 0,
  );
  for (const { revision, before, after } of moved) {
    console.error(`revision ${revision} is released; its artefact cannot change:`);
    for (const change of jsonChanges(before, after)) console.error(`  ${describeChange(change)}`);
  }
  if (moved.length > 0) return false;

  for (const { path, after } of files) writeFileSync(path, `${JSON.stringify(after, null, 2)}\n`);
  const hashes = files.map(({ revision, after }) => `  ${revision}: '${hashArtefact(after, sha256)}',\n`);
  writeFileSync(
    new URL('src/revision-hashes.gen.ts', contracts),
    `/** SHA-256 of each revision's artefact, base64url. Written by \`scripts/lock-revision.ts\`. */\nexport const REVISION_HASHES = {\n${hashes.join('')}} as const;\n`,
  );
  for (const [name, text] of Object.entries(spokenModules(tyrum)))
    writeFileSync(new URL(`src/spoken/${name}`, contracts), text);
  for (const { revision } of files) console.log(`revision ${revision} locked`);
  return true;
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

const refrozen = process.argv.flatMap((word, at, words) => (words[at - 1] === '--refreeze' ? [Number(word)] : []));
if (!lockRevisions(refrozen)) process.exitCode = 1;
