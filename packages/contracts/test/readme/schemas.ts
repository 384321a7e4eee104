import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tyrum } from '@tyrum/contracts';
import { describeRevision } from '@tyrum/contracts/artefacts';

const artefact = describeRevision(tyrum, 3, { prose: true });
writeFileSync(join(tmpdir(), 'tyrum-3.json'), JSON.stringify(artefact, null, 2));

const send = artefact.requests['conversation.send'];
assert.deepEqual(send?.scopes, ['operator.write']);
assert.deepEqual(send?.payload.required, ['content', 'conversation_id']);
