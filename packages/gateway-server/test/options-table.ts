import { flagOf, type Setting, variableOf } from '../src/cli/setting.ts';
import { SETTINGS } from '../src/cli/settings.ts';

/** The settings as a table in Markdown, for the README. */
export function optionsTable(): string {
  const rows = Object.entries<Setting<unknown>>(SETTINGS).map(([key, { placeholder, fallback, help }]) => {
    const flag = placeholder === undefined ? flagOf(key) : `${flagOf(key)} <${placeholder}>`;
    const standard = fallback === undefined || fallback === false ? '–' : `\`${fallback}\``;
    return [`\`${flag}\``, `\`${variableOf(key)}\``, standard, help];
  });
  return aligned([['option', 'variable', 'default', 'what it is'], ...rows]);
}

/** As the formatter of this repository leaves it. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
