/** One value that can be set by a flag or an environment variable, both named after its key in the table. */
export interface Setting<Value> {
  /** What stands for the value in the help, `undefined` for a switch. */
  readonly placeholder: string | undefined;
  /** `undefined`: nothing, unless it is set. */
  readonly fallback: Value;
  readonly help: string;
  /** @throws {SettingError} saying what is expected. */
  parse(text: string): Value;
  /** Never shown, not even when it is wrong. */
  readonly secret?: true;
}

/** A text is not a value of a setting; the message begins with `expected`. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** `max_frame_bytes` → `--max-frame-bytes` */
export function flagOf(key: string): string {
  return `--${key.replaceAll('_', '-')}`;
}

/** `max_frame_bytes` → `TYRUM_MAX_FRAME_BYTES` */
export function variableOf(key: string): string {
  return `TYRUM_${key.toUpperCase()}`;
}

export function text(fallback: string, placeholder: string, help: string): Setting<string> {
  return { placeholder, fallback, help, parse: nonEmpty };
}

export function optionalText(placeholder: string, help: string): Setting<string | undefined> {
  return { placeholder, fallback: undefined, help, parse: nonEmpty };
}

export function integer(
  fallback: number,
  range: readonly [least: number, most: number],
  placeholder: string,
  help: string,
): Setting<number> {
  const [least, most] = range;
  return {
    placeholder,
    fallback,
    help,
    parse(input) {
      const value = Number(input);
      if (!/^\d+$/.test(input) || value < least || value > most) {
        throw new SettingError(`expected a whole number from ${least} to ${most}`);
      }
      return value;
    },
  };
}

export function choice<const Value extends string>(
  fallback: Value,
  values: readonly Value[],
  placeholder: string,
  help: string,
): Setting<Value> {
  return {
    placeholder,
    fallback,
    help: `${help}: ${values.join(', ')}`,
    parse(input) {
      const value = values.find((known) => known === input);
      if (value === undefined) throw new SettingError(`expected one of ${values.join(', ')}`);
      return value;
    },
  };
}

export function toggle(help: string): Setting<boolean> {
  return {
    placeholder: undefined,
    fallback: false,
    help,
    parse(input) {
      if (input === '1' || input === 'true') return true;
      if (input === '0' || input === 'false') return false;
      throw new SettingError('expected true or false');
    },
  };
}

function nonEmpty(input: string): string {
  if (input === '') throw new SettingError('expected some text');
  return input;
}
