/** What is still to be undone, the last first. */
const left = new Set<() => void>();

process.once('exit', () => {
  for (const undo of [...left].reverse()) {
    try {
      undo();
    } catch (cause) {
      process.stderr.write(`${String(cause)}\n`);
    }
  }
});

/**
 * However this process ends, short of being killed, nothing of it stays: what is given here is done when it exits. It must not
 * wait for anything. The answer takes it off again, once somebody has undone it before.
 */
export function undoAtExit(undo: () => void): () => void {
  left.add(undo);
  return () => void left.delete(undo);
}
