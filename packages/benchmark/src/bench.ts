import type { DialectName } from './dialects/all-dialects.ts';
import type { Plan } from './plan.ts';
import { type Child, startChild } from './process/child.ts';
import { makeDirectory, type OwnDirectory } from './process/own-directory.ts';
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
  /** The name of the line that its ratios are to. @default the first line of the table */
  readonly base?: string;
  readonly server: ServerName;
  readonly dialect: DialectName;
  /** Added to what the server tells of itself. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** What speaks with it. @default 'load' */
  readonly speaker?: 'load' | 'client';
  /** Whose packages it runs. @default this checkout */
  readonly programs?: Programs;
  /** Whether a run that must be short does without it. @default false */
  readonly spare?: boolean;
  /** What a server kept that ran before. @default a fresh one, which goes with it */
  readonly directory?: OwnDirectory;
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

/** The subjects of a workload: those that the plan has time for, or our own in two checkouts, of which the other is the base. */
export function subjectsOf<S extends Subject>({ other, plan }: Bench, subjects: readonly S[]): readonly S[] {
  if (other === undefined) return subjects.filter(({ spare = false }) => plan.spares || !spare);
  return subjects
    .filter(({ server }) => server === 'tyrum')
    .flatMap((subject) => {
      const base = `${subject.name} at ${other.name}`;
      return [
        { ...subject, name: base, base, programs: other.programs },
        { ...subject, name: `${subject.name} here`, base },
      ];
    });
}

/** A line about the same server that says more. */
export function saying<S extends Subject>(subject: S, more: string): S {
  const { name, base } = subject;
  return { ...subject, name: name + more, ...(base === undefined ? {} : { base: base + more }) };
}

/** Starts a server, and a load that knows it. */
export async function startSubject<S extends Subject>(bench: Bench, subject: S): Promise<Running<S>> {
  const programs = subject.programs ?? bench.programs;
  const directory = subject.directory ?? (await makeDirectory());
  const children: Child[] = [];
  async function stop(): Promise<void> {
    await Promise.all(children.map((child) => child.stop()));
    if (subject.directory === undefined) await directory.remove();
  }
  try {
    const server = await startChild({
      program: programs.server,
      arguments: [subject.server, directory.path],
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

/** Does work with all of them running; whatever happens, they are stopped. One that does not start is left out. */
export async function withSubjects<S extends Subject, Value>(
  bench: Bench,
  subjects: readonly S[],
  work: (running: readonly Running<S>[]) => Promise<Value>,
): Promise<Value> {
  bench.say(`starting ${subjects.length} servers`);
  const starting = subjects.map((subject) =>
    startSubject(bench, subject).catch((cause) => {
      bench.complain(`${subject.name} did not start: ${messageOf(cause)}`);
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

/** What a complaint says of a failure. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
