import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { defineRequest, mustFit, type PayloadInput, type Result, type ToGateway, tyrum } from '@tyrum/contracts';
import { lockContract } from '@tyrum/contracts/artefacts';
import * as z from 'zod';

const translateText = defineRequest({
  type: 'translate.text',
  summary: 'Translates a text.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
  payload: z.object({ text: z.string(), to: z.string().default('en') }),
  result: z.object({ text: z.string() }),
  example: { payload: { text: 'bonjour' }, result: { text: 'good day' } },
});

export const contract = lockContract(
  tyrum.extend({ name: 'com.example.translate', modules: { translate: { translateText } } }),
  (text) => createHash('sha256').update(text).digest(),
);
export type MyContract = typeof contract;

const type: ToGateway<MyContract> = 'translate.text';
const payload: PayloadInput<MyContract, 'translate.text'> = { text: 'bonjour' };
const result: Result<MyContract, 'translate.text'> = { text: 'good day' };

const view = contract.at(3).requests.get(type);
assert.ok(view?.result);
assert.deepEqual(mustFit(view.payload, payload, 'payload'), { text: 'bonjour', to: 'en' });
assert.deepEqual(mustFit(view.result, result, 'result'), { text: 'good day' });
assert.equal(view?.extension, 'com.example.translate');
assert.equal(contract.at(2).requests.has('translate.text'), false);
assert.deepEqual(contract.hashes, tyrum.hashes);
