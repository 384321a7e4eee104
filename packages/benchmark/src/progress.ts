/** Where nobody looks at a terminal, a line is written this often at the most, in milliseconds. */
const EVERY_MS = 10_000;

/** One line that tells how far it is: written over where there is a terminal, else a line for each workload and now and then. */
export function createProgress(stream: NodeJS.WriteStream): {
  tell(workload: string, what: string, share: number): void;
  end(): void;
} {
  const beganAt = Date.now();
  let workloadBefore = '';
  let toldAt = 0;
  return {
    tell(workload, what, share) {
      const now = Date.now();
      const elapsed = Math.round((now - beganAt) / 1000);
      const percent = Math.min(99, Math.round(share * 100));
      const line = `${String(elapsed).padStart(4)} s  ${String(percent).padStart(3)} %  ${workload}: ${what}`;
      if (stream.isTTY) stream.write(`\r\x1b[K${line.slice(0, (stream.columns ?? 80) - 1)}`);
      else if (workload !== workloadBefore || now - toldAt >= EVERY_MS) {
        stream.write(`${line}\n`);
        toldAt = now;
      }
      workloadBefore = workload;
    },
    end() {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}
