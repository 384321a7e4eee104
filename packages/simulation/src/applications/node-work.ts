import type { Client, HandlerContext } from '@tyrum/client-sdk';
import { ProtocolError } from '@tyrum/contracts';
import type { SimulatedContract } from '../contract/contracts.ts';
import type { Process } from '../kernel/process.ts';
import type { Wheels } from './wheels.ts';

/** What a task asks of a node. */
export interface Job {
  readonly token: string;
  readonly manner: 'well' | 'slow' | 'throw' | 'refuse';
}

/** The product's side of a node: it turns a wheel, and misbehaves when the job asks for it. */
export function serveAsNode(
  client: Client<SimulatedContract>,
  program: Process,
  wheels: Wheels,
  nodeName: string,
): void {
  client.handle('machine.turn', async ({ token }, { signal }) => {
    await program.sleep(10);
    stopIfTold(signal);
    wheels.turn(token, `turn ${token}`);
    await program.sleep(30);
    return { token };
  });
  client.handle('task.execute', async ({ action, dispatch_id }, { signal }: HandlerContext) => {
    const { token, manner } = action.args as unknown as Job;
    if (manner === 'refuse') throw new ProtocolError('invalid_state', `${nodeName} refuses, as the job asked for`);
    await program.sleep(manner === 'slow' ? 4_000 : 15);
    stopIfTold(signal);
    wheels.turn(token, dispatch_id);
    await program.sleep(5);
    if (manner === 'throw') throw new Error('a bug of the node, as the job asked for');
    return { result: { token } };
  });
}

function stopIfTold(signal: AbortSignal): void {
  if (signal.aborted) throw new ProtocolError('cancelled', 'nobody waits for it any more');
}
