import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../scripts/foreign-peers/describe-with.ts';
import { itIsAPeer } from '../../scripts/foreign-peers/it-is-a-peer.ts';
import { runCommand } from '../../scripts/workspace/run-command.ts';

const sources = fileURLToPath(new URL('.', import.meta.url));
// The libraries as Debian brings them: nothing is downloaded.
const environment = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode' };

await describeWith(
  'the client in Go',
  {
    found: [['go', 'list', 'github.com/gorilla/websocket', 'github.com/xeipuuv/gojsonschema']],
    environment,
    packages: ['golang-go', 'golang-github-gorilla-websocket-dev', 'golang-github-xeipuuv-gojsonschema-dev'],
  },
  (go) => {
    const program = join(tmpdir(), `tyrum-go-client-${randomUUID()}`);
    const here = { directory: sources, environment: { ...process.env, ...environment } };

    beforeAll(async () => {
      const { code, output } = await runCommand(go, ['build', '-o', program, '.'], here);
      if (code !== 0) throw new Error(output);
    });
    afterAll(() => rmSync(program, { force: true }));

    it('has nothing that go vet or gofmt would change', async () => {
      expect((await runCommand(go, ['vet', '.'], here)).output).toBe('');
      expect((await runCommand('gofmt', ['-l', '.'], here)).output).toBe('');
    });

    itIsAPeer({ converse: [program, 'converse'], vectors: [program, 'vectors'], environment: {} });
  },
);
