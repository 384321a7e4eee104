import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type CommandResult, runCommand } from '../workspace/run-command.ts';
import { contractPackage } from './contract-package.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';

/** The programs of an example in another language. Both take `--contracts`, the first `--url` and `--gateway-id` too. */
export interface ForeignPeer {
  readonly converse: readonly [program: string, ...parameters: string[]];
  readonly vectors: readonly [program: string, ...parameters: string[]];
  readonly environment: NodeJS.ProcessEnv;
}

const TIMEOUT_MS = 60_000;

/** A change of each file of vectors that makes it say something wrong. */
const LIES: Readonly<Record<string, readonly [said: string, instead: string]>> = {
  'agreement.json': ['"upgrade": "gateway"', '"upgrade": "client"'],
  'canonical-json.json': ['"canonical": "1e+21"', '"canonical": "1e21"'],
  'casts.json': ['"regenerate": true', '"regenerate": false'],
  'close-codes.json': ['"then": "stop"', '"then": "reconnect"'],
  'cursors.json': ['"reason": "trimmed"', '"reason": "epoch_changed"'],
  'frames.json': ['"__proto__"\n', '"payload"\n'],
  'identity.json': ['"dev_rwx7', '"dev_rwx6'],
  'signatures.json': ['"is": "invalid"', '"is": "valid"'],
  'transcripts.json': ['"signature": "ABD8', '"signature": "ABD9'],
};

/** What every example in another language must do, against a gateway in a process of its own. */
export function itIsAPeer({ converse, vectors, environment }: ForeignPeer): void {
  function run([program, ...parameters]: ForeignPeer['converse'], more: readonly string[], token?: string) {
    return runCommand(program, [...parameters, ...more], {
      environment: { ...process.env, ...environment, ...(token === undefined ? {} : { TYRUM_TOKEN: token }) },
      timeoutMs: TIMEOUT_MS,
    });
  }

  let gateway: Promise<GatewayProcess> | undefined;
  afterAll(async () => (await gateway)?.stop());

  async function conversation(contracts: string, expected?: string): Promise<CommandResult> {
    gateway ??= startGatewayProcess();
    const { url, gatewayId, token } = await gateway;
    return run(converse, ['--contracts', contracts, '--url', url, '--gateway-id', expected ?? gatewayId], token);
  }

  it('runs every conformance vector', async () => {
    const contracts = contractPackage();

    const { code, output } = await run(vectors, ['--contracts', contracts]);

    const files = readdirSync(join(contracts, 'vectors')).filter((name) => name.endsWith('.json'));
    expect(output.match(/^ {2}✓ .+\.json: [1-9]\d* cases$/gm), output).toHaveLength(files.length);
    expect([code, output.includes('✗')]).toEqual([0, false]);
  });

  it('finds a lie in each file of vectors', async () => {
    const contracts = contractPackage();
    for (const [name, [said, instead]] of Object.entries(LIES)) change(join(contracts, 'vectors', name), said, instead);

    const { code, output } = await run(vectors, ['--contracts', contracts]);

    const found = [...output.matchAll(/^ {2}✗ (.+?\.json)/gm)].map(([, name]) => name);
    expect([code, found]).toEqual([
      1,
      readdirSync(join(contracts, 'vectors')).filter((name) => name.endsWith('.json')),
    ]);
  });

  it('converses with proven sides, is cut off and resumes: nothing is missed and nothing comes twice [PF-4] [CL-2] [EV-22] [EV-25]', async () => {
    const { code, output } = await conversation(contractPackage());

    expect(output.match(/^ {2}✓ /gm), output).toHaveLength(6);
    expect([code, output.includes('✗')]).toEqual([0, false]);
    expect(output).toContain('recovery: resumed');
  });

  it('talks to no other gateway than the pinned one [PF-7]', async () => {
    const another = `gw_${'a'.repeat(52)}`;

    const { code, output } = await conversation(contractPackage(), another);

    expect(code).not.toBe(0);
    expect(output).toContain(`expected the gateway ${another}, found gw_`);
    expect(output).not.toContain('✓');
  });

  it.each([
    ['it receives', 'events/turn.queued.json', '"turn_id"\n', '"turn_name"\n'],
    ['it sends', 'requests/conversation.send.payload.json', '"content",\n', '"contents",\n'],
  ])('checks what %s against the files', async (_direction, name, said, instead) => {
    const contracts = contractPackage();
    for (const draft of ['', 'draft-07/']) change(join(contracts, 'json-schema/3', draft, name), said, instead);

    const { code, output } = await conversation(contracts);

    expect(code).not.toBe(0);
    expect(output).toContain(instead.trim().replaceAll(/[",]/g, ''));
  });
}

function change(file: string, said: string, instead: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(said)) throw new Error(`${file} does not say ${said}`);
  writeFileSync(file, text.replace(said, instead));
}
