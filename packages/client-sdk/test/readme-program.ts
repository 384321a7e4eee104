import { createClient } from '@tyrum/client-sdk';
import { createFileStorage, loadIdentity } from '@tyrum/client-sdk/node';

const client = createClient({
  url: process.env.TYRUM_URL ?? 'ws://127.0.0.1:8080/ws',
  token: process.env.TYRUM_TOKEN ?? '',
  identity: await loadIdentity('device.pem'),
  storage: createFileStorage('client.json'),
  onGatewayTrusted: (id) => console.log(`trusting ${id}`),
});

client.on('message.final', ({ payload }) => console.log(`${payload.role}: ${payload.content}`));
const completed = client.events({ types: ['turn.completed'] });

const { conversation } = await client.request('conversation.create', { title: 'Groceries' });
const { turn_id } = await client.request('conversation.send', {
  conversation_id: conversation.conversation_id,
  content: [{ type: 'text', text: 'milk, bread' }],
});

for await (const { payload } of completed) {
  if (payload.turn_id === turn_id) break;
}
await client.close();
