import { hostname, uptime } from 'node:os';
import { createClient } from '@tyrum/client-sdk';
import { createFileJournal, createFileStorage, loadIdentity } from '@tyrum/client-sdk/node';

const node = createClient({
  url: process.env.TYRUM_URL ?? 'ws://127.0.0.1:8080/ws',
  token: process.env.TYRUM_TOKEN ?? '',
  role: 'node',
  capabilities: [{ id: 'host.uptime' }],
  device: { label: hostname() },
  identity: await loadIdentity('node.pem'),
  storage: createFileStorage('node.json'),
  journal: await createFileJournal('node.journal'),
});

node.handle('task.execute', ({ action }, { signal }) => {
  signal.throwIfAborted();
  return { result: { action: action.type, uptime: uptime() } };
});

await node.connect();
const end = await node.closed;
if (end.status === 'stopped') console.error(end.reason.message, '- change:', end.mustChange);
