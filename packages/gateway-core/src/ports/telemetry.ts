export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where the gateway tells what it does. Fields never hold secrets or whole payloads. */
export interface Telemetry {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Tells nobody. */
export const silentTelemetry: Telemetry = { log() {} };
