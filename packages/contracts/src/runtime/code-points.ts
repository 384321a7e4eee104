/** Whether a string has more than `limit` code points: what JSON Schema means by length. Most strings are decided by their units. */
export function codePointsExceed(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  if (text.length > limit * 2) return true;
  let count = 0;
  for (const _character of text) {
    count += 1;
    if (count > limit) return true;
  }
  return false;
}
