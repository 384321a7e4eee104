import { createClient, generateIdentity } from '@tyrum/client-sdk';
import { echoRunner, generateGatewayKey, nodeSigner } from '@tyrum/gateway-core';
import { createServer } from '@tyrum/gateway-server';
import { createSqliteStore } from '@tyrum/store-sqlite';

const store = await createSqliteStore({ path: 'hello.sqlite' });
const server = await createServer({ store, signer: nodeSigner(generateGatewayKey()), runner: echoRunner() });
const { token } = await server.gateway.tokens.issue({
  tenant: 'default',
  roles: ['client'],
  scopes: ['operator.read', 'operator.write'],
});
const { url } = await server.listen({ host: '127.0.0.1', port: 0 });

const client = createClient({ url, token, identity: await generateIdentity() });
const answered = new Promise<void>((resolve) => client.on('turn.completed', () => resolve()));
client.on('message.final', ({ payload }) => console.log(`${payload.role}: ${payload.content}`));
await client.connect();
const { conversation } = await client.request('conversation.create', {});
const { conversation_id } = conversation;
await client.request('conversation.send', { conversation_id, content: [{ type: 'text', text: 'hello' }] });
await answered;

await client.close();
await server.close();
await store.close();
