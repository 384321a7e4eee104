/** The transcript with the first character of one line's value changed, whatever that character is. */
export function withAnother(name: string, transcript: string): string {
  return transcript.replace(new RegExp(`(?<=^${name}=).`, 'm'), (first) => (first === 'A' ? 'B' : 'A'));
}
