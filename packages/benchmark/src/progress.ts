/** One line that tells how far it is: written over where there is a terminal, else a line each time the subject changes. */
export function createProgress(stream: NodeJS.WriteStream): {
  tell(workload: string, what: string, share: number): void;
  end(): void;
} {
  const beganAt = Date.now();
  let workloadBefore = '';
  return {
    tell(workload, what, share) {
      const elapsed = Math.round((Date.now() - beganAt) / 1000);
      const line = `${String(elapsed).padStart(4)} s  ${String(Math.round(share * 100)).padStart(3)} %  ${workload}`;
      if (stream.isTTY) stream.write(`\r\x1b[K${line}: ${what}`);
      else if (workload !== workloadBefore) stream.write(`${line}\n`);
      workloadBefore = workload;
    },
    end() {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}
