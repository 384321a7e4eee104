/** A node in a process of its own: does what it is asked, and reports each time that it does it. */
import { join } from 'node:path';
import { createClient } from '@tyrum/client-sdk';
import { createFileJournal, createFileStorage, loadIdentity } from '@tyrum/client-sdk/node';
import { type PeerSetup, report } from './reports.ts';
import { createSeeded } from './seeded.ts';

const setup: PeerSetup = JSON.parse(process.argv[2] ?? '{}');
const seeded = createSeeded(setup.seed);
process.on('disconnect', () => process.exit(1));
// A Ctrl-C at the terminal reaches everyone there: it is for the one that tortures.
process.on('SIGINT', () => {});

const node = createClient({
  url: setup.url,
  token: setup.token,
  role: 'node',
  identity: await loadIdentity(join(setup.folder, `${setup.name}.key`)),
  storage: await createFileStorage(join(setup.folder, `${setup.name}.json`)),
  journal: await createFileJournal(join(setup.folder, `${setup.name}.journal`)),
  capabilities: [{ id: 'torture.work' }],
  device: { label: setup.name },
  limits: { minReconnectMs: 100, maxReconnectMs: 1000 },
  onToken: () => report({ kind: 'ready' }),
  onError: (error, where) => report({ kind: 'failed', error: `${where}: ${String(error)}` }),
});
node.onState((state) => {
  if (state.status === 'open') report({ kind: 'connected', outcome: state.recovery?.outcome ?? 'none' });
  if (state.status === 'stopped') report({ kind: 'failed', error: `stopped: ${state.reason.message}` });
});
node.handle('task.execute', async ({ action }) => {
  const job = String(action.args?.job);
  report({ kind: 'performed', job });
  await new Promise((resolve) => setTimeout(resolve, seeded.between(0, 200)));
  return { result: { job } };
});
await node.connect();
