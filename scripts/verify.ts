import { runCommand } from './workspace/run-command.ts';
import { workspaceRoot } from './workspace/workspace-packages.ts';

/** The scripts of the root manifest that a change must pass, the quick ones first. */
const steps = ['typecheck', 'lint', 'knip', 'test', 'build', 'check-packages --built', 'size'];

/** Runs each step in turn with its output shown, and stops at the first that fails, whose exit code it answers. */
async function verify(): Promise<number> {
  for (const [index, step] of steps.entries()) {
    console.log(`\n== ${index + 1}/${steps.length} ${step}`);
    const started = performance.now();
    const { code } = await runCommand('pnpm', ['--silent', 'run', ...step.split(' ')], {
      directory: workspaceRoot,
      inherit: true,
    });
    if (code !== 0) {
      console.error(`\n== ${step} failed; nothing after it ran`);
      return code;
    }
    console.log(`== ${step} holds, ${Math.round((performance.now() - started) / 1000)} s`);
  }
  console.log('\n== every step holds');
  return 0;
}

process.exitCode = await verify();
