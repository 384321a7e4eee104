/**
 * Whether a pattern fits a target whole: `*` stands for any text, also for none, and everything else for itself. It takes
 * time in proportion to the two lengths multiplied at the most, whatever the pattern.
 */
export function patternFits(pattern: string, target: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === target;
  if (target.length < first.length + last.length || !target.startsWith(first) || !target.endsWith(last)) return false;
  const end = target.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = target.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
