import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeAsyncApi, type JsonObject } from '../packages/contracts/src/artefacts.ts';
import { defineContract } from '../packages/contracts/src/define/contract.ts';
import { ping } from '../packages/contracts/src/operations/ping.ts';
import { tyrum } from '../packages/contracts/src/tyrum.ts';
import { runCommand } from './workspace/run-command.ts';

const program = fileURLToPath(new URL('check-asyncapi.ts', import.meta.url));

/** In a process of its own: the parser loads its parts in a way that a test runner's import conditions break. */
function check(...documents: readonly JsonObject[]) {
  const directory = mkdtempSync(join(tmpdir(), 'tyrum-asyncapi-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const files = documents.map((document, at) => {
    const file = join(directory, `${at}.json`);
    writeFileSync(file, JSON.stringify(document));
    return file;
  });
  const { NODE_OPTIONS: _, ...environment } = process.env;
  return runCommand(process.execPath, ['--import', 'tsx', program, ...files], { environment });
}

describe('the AsyncAPI documents of the contract', () => {
  const documents = tyrum.served.map((revision) => describeAsyncApi(tyrum, revision));

  it('are accepted by the parser of AsyncAPI', { timeout: 600_000 }, async () => {
    expect(await check(...documents)).toEqual({ code: 0, output: '' });
  });

  it('are refused by it when they refer to what is not there', { timeout: 600_000 }, async () => {
    const document = describeAsyncApi(
      defineContract({
        name: 'small',
        revisions: [{ revision: 1, status: 'current', released: null, sunset: null, summary: 'The first one.' }],
        modules: { ping: { ping: { ...ping, since: 1 } } },
      }),
      1,
    );
    expect((await check(document)).code).toBe(0);
    const components = document.components as JsonObject;

    const { code, output } = await check({ ...document, components: { ...components, messages: {} } });

    expect(code).toBe(1);
    expect(output).toContain('components');
  });

  it('have what a peer sends and what it receives', () => {
    const operations = documents[1]?.operations;

    expect(operations).toMatchObject({
      'send.conversation.send': { action: 'send' },
      'receive.task.execute': { action: 'receive' },
      'send.ping': { action: 'send' },
      'receive.ping': { action: 'receive' },
      'on.turn.queued': { action: 'receive' },
    });
    expect(operations).not.toHaveProperty(['send.task.execute']);
  });
});
