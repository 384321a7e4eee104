/** Unix milliseconds as the wire says them. These texts order like the moments they name. */
export function wireTime(ms: number): string {
  return new Date(ms).toISOString();
}
