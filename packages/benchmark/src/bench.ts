import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DialectName } from './dialects/all-dialects.ts';
import type { Plan } from './plan.ts';
import { type Child, startChild } from './process/child.ts';
import type { ServerName } from './servers/all-servers.ts';

/** Where compiled programs of this benchmark are, bound to the packages of one checkout. */
export interface Programs {
  readonly server: string;
  readonly load: string;
  readonly client: string;
}

/** One line of a table: a server, and how it is spoken with. */
export interface Subject {
  readonly name: string;
  readonly server: ServerName;
  readonly dialect: DialectName;
  /** Added to what the server tells of itself. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** What speaks with it. @default 'load' */
  readonly speaker?: 'load' | 'client';
  /** Whose packages it runs. @default this checkout */
  readonly programs?: Programs;
  /** What a server kept that ran before. @default a fresh one, which goes with it */
  readonly directory?: string;
}

/** A server and its load, both running. */
export interface Running<S extends Subject = Subject> {
  readonly subject: S;
  readonly server: Child;
  readonly load: Child;
  readonly startedMs: number;
  stop(): Promise<void>;
}

/** What every workload works with. */
export interface Bench {
  readonly plan: Plan;
  readonly programs: Programs;
  /** The other checkout, when two are compared: then our own servers are all there is. */
  readonly other: { readonly name: string; readonly programs: Programs } | undefined;
  /** Tells how far it is. */
  readonly say: (what: string) => void;
  /** Something could not be measured; the rest goes on. */
  readonly complain: (what: string) => void;
}

/** The subjects of a workload: all of them, or our own in two checkouts. The first one is the base. */
export function subjectsOf({ other }: Bench, subjects: readonly Subject[]): readonly Subject[] {
  if (other === undefined) return subjects;
  return subjects
    .filter(({ server }) => server === 'tyrum')
    .flatMap((subject) => [
      { ...subject, name: `${subject.name} at ${other.name}`, programs: other.programs },
      { ...subject, name: `${subject.name} here` },
    ]);
}

/** Starts a server, and a load that knows it. */
export async function startSubject<S extends Subject>(bench: Bench, subject: S): Promise<Running<S>> {
  const programs = subject.programs ?? bench.programs;
  const directory = subject.directory ?? (await makeDirectory());
  const children: Child[] = [];
  async function stop(): Promise<void> {
    await Promise.all(children.map((child) => child.stop()));
    if (subject.directory === undefined) await rm(directory, { recursive: true, force: true });
  }
  try {
    const server = await startChild({
      program: programs.server,
      arguments: [subject.server, directory],
      core: 'server',
    });
    children.push(server);
    const load = await startChild({
      program: programs[subject.speaker ?? 'load'],
      arguments: [subject.dialect],
      core: 'load',
    });
    children.push(load);
    const hello = await server.call<{ port: number; facts: object; startedMs: number }>('hello');
    await load.call('target', { port: hello.port, facts: { ...hello.facts, ...subject.facts } });
    return { subject, server, load, startedMs: hello.startedMs, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

export function makeDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'tyrum-bench-'));
}

/** Does work with all of them running; whatever happens, they are stopped. One that does not start is left out. */
export async function withSubjects<S extends Subject, Value>(
  bench: Bench,
  subjects: readonly S[],
  work: (running: readonly Running<S>[]) => Promise<Value>,
): Promise<Value> {
  bench.say(`starting ${subjects.length} servers`);
  const starting = subjects.map((subject) =>
    startSubject(bench, subject).catch((cause) => {
      bench.complain(`${subject.name} did not start: ${String(cause)}`);
      return undefined;
    }),
  );
  const running = (await Promise.all(starting)).filter((started) => started !== undefined);
  try {
    return await work(running);
  } finally {
    await Promise.all(running.map(({ stop }) => stop()));
  }
}
