const BEGIN = '<!-- tables -->';
const END = '<!-- /tables -->';

/**
 * A page with other tables between its two marks.
 *
 * @throws {Error} when it has no such place
 */
export function withTables(page: string, tables: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`the page is expected to have ${BEGIN} and ${END}`);
  return `${page.slice(0, from)}${BEGIN}\n\n${tables.trim()}\n\n${page.slice(to)}`;
}
