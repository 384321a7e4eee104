import { Command, CommanderError, Option } from 'commander';
import { flagOf, type Setting, SettingError, variableOf } from './setting.ts';
import { SETTINGS, type SettingKey, type Settings } from './settings.ts';

/** Commander's own codes are 1 for everything; a wrong command line is 2, so that a supervisor does not try it again. */
export const WRONG_USE = 2;

/** What a command line asks for: to start with these settings, or to end with an exit code because all has been said. */
export type Invocation = { readonly settings: Settings } | { readonly exitCode: number };

export interface CommandLine {
  /** The command line without the program. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Takes the help. */
  readonly out: (text: string) => void;
  /** Takes what is wrong, in one line. */
  readonly err: (text: string) => void;
}

/** Reads a command line and the environment. */
export function readCommandLine({ words, environment, version, out, err }: CommandLine): Invocation {
  let settings: Settings | undefined;
  const program = new Command('tyrum-gateway')
    .description('A gateway that speaks the Tyrum protocol, in one process and one directory.')
    .version(version)
    .configureOutput({ writeOut: out, writeErr: err })
    .exitOverride();
  const start = program
    .command('start')
    .description('Start the gateway; SIGTERM or SIGINT stops it.')
    .action((given: Record<string, unknown>) => {
      settings = withDefaults(given, environment, (message) => start.error(message));
    });
  for (const key of Object.keys(SETTINGS) as SettingKey[]) start.addOption(optionOf(key, SETTINGS[key]));
  start.addHelpText(
    'after',
    '\nEvery option has an environment variable, TYRUM_ and its name; an option wins over its variable.',
  );

  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : WRONG_USE };
    throw error;
  }
  return settings === undefined ? { exitCode: WRONG_USE } : { settings };
}

function optionOf(key: string, { placeholder, help, fallback }: Setting<unknown>): Option {
  const flag = placeholder === undefined ? flagOf(key) : `${flagOf(key)} <${placeholder}>`;
  const shown = fallback === undefined || fallback === false ? help : `${help} (default: ${fallback})`;
  return new Option(flag, shown);
}

/** Commander hands over text as it was given; the table parses it, whether it comes from a flag or a variable. */
function withDefaults(
  given: Record<string, unknown>,
  environment: CommandLine['environment'],
  fail: (message: string) => never,
): Settings {
  const entries = (Object.keys(SETTINGS) as SettingKey[]).map((key) => {
    const setting: Setting<unknown> = SETTINGS[key];
    const flag = given[camelCase(key)];
    if (flag === true) return [key, true];
    const [name, text] =
      typeof flag === 'string' ? [flagOf(key), flag] : [variableOf(key), environment[variableOf(key)]];
    if (text === undefined) return [key, setting.fallback];
    try {
      return [key, setting.parse(text)];
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      return fail(`error: ${name}${setting.secret ? '' : ` is ${JSON.stringify(text)}`}: ${error.message}`);
    }
  });
  return Object.fromEntries(entries);
}

function camelCase(key: string): string {
  return key.replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase());
}
