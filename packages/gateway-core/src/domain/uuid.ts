const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a text is a UUID as the gateway writes them, in lower case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
