/** A server in its own process: started with its name and a directory of its own. */
import { answerCalls } from '../process/calls.ts';
import { type ServerName, servers } from '../servers/all-servers.ts';
import type { Fill } from '../servers/bench-server.ts';

const [name = 'raw', directory = '.'] = process.argv.slice(2);
const beganAt = performance.now();
const start = await servers[name as ServerName]();
const loadedAt = performance.now();
const server = await start(directory);
const startedMs = performance.now() - loadedAt;

answerCalls({
  hello: () => ({ port: server.port, facts: server.facts ?? {}, startedMs, loadedMs: loadedAt - beganAt }),
  /** Microseconds that this process has used of a processor, kernel included. */
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  /** Bytes in use once all garbage is gone. */
  memory() {
    for (let times = 0; times < 3; times += 1) gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, used: heapUsed + external };
  },
  fill: (counts: Fill) => server.fill?.(counts),
});
