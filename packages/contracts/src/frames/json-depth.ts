/**
 * Whether JSON text nests arrays and objects deeper than `limit`, told before anything is parsed. Text that is not JSON may
 * answer either way; the parser judges it.
 */
export function nestsDeeper(text: string, limit: number): boolean {
  // What opens no more than that cannot nest deeper, and to search for a character is many times faster than to look at each.
  const objects = occurrences(text, '{', limit);
  if (objects + occurrences(text, '[', limit - objects) <= limit) return false;
  return depthExceeds(text, limit);
}

/** How often a character is in a text; counting ends once `limit` is passed. */
function occurrences(text: string, character: string, limit: number): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1 && count <= limit; at = text.indexOf(character, at + 1)) count += 1;
  return count;
}

function depthExceeds(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (inString) {
      if (unit === BACKSLASH) at += 1;
      else if (unit === QUOTE) inString = false;
    } else if (unit === QUOTE) {
      inString = true;
    } else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth += 1;
      if (depth > limit) return true;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) {
      depth -= 1;
    }
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
