import { strict as assert } from 'node:assert';
import { createServer, openDataDirectory } from '@tyrum/gateway-server';

const { store, signer, blobs } = await openDataDirectory('my-data');
const server = await createServer({
  store,
  signer,
  blobs,
  runner: {
    async run(_turn, context) {
      await context.say(`You have said ${context.messages.length} things.`);
    },
  },
  limits: { max_in_flight: 64 },
});

const { token } = await server.gateway.tokens.issue({
  tenant: 'default',
  roles: ['client'],
  scopes: ['operator.read', 'operator.write'],
});
const { url, http } = await server.listen({ port: 0 });
assert.match(url, /^ws:\/\/127\.0\.0\.1:\d+\/ws$/);
assert.match(token, /^tyt_/);
assert.deepEqual(await (await fetch(`${http}/readyz`)).json(), { status: 'ready' });

await server.close();
await store.close();
