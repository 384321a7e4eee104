import type { Disk } from '../disk/disk.ts';
import type { Loop } from '../kernel/loop.ts';
import type { WallClock } from '../kernel/process.ts';
import type { Network } from '../network/network.ts';
import type { Fault } from '../plan/plan.ts';
import type { Actor } from './actor.ts';
import type { Backups } from './backups.ts';
import type { GatewayHost, Outage } from './gateway-host.ts';
import type { Office } from './office.ts';

export interface FaultOptions {
  readonly loop: Loop;
  readonly network: Network;
  readonly disk: Disk;
  readonly host: GatewayHost;
  readonly gatewayWall: WallClock;
  readonly office: Office;
  readonly backups: Backups;
  readonly actorOf: (name: string) => Actor;
  /** What follows when the disk stops the machine. */
  readonly crashNext: (how: Outage & { readonly silent: boolean }) => void;
}

/** Lets go wrong what was planned to. */
export function inflictFault(fault: Fault, options: FaultOptions): void {
  const { loop, network, disk, host, office, actorOf } = options;
  const pipesOf = (who: string, direction: 'up' | 'down') => network.linksOf(who).map((link) => link[direction]);
  switch (fault.do) {
    case 'break':
      return network.break(fault.who, fault.how);
    case 'break in a frame':
      for (const link of network.linksOf(fault.who)) {
        link[fault.direction].breakAfter(fault.bytes, () =>
          link.break({ clientHearsAfter: 5, gatewayHearsAfter: 5, underWay: 'lost' }),
        );
      }
      return;
    case 'stall':
      for (const pipe of pipesOf(fault.who, fault.direction)) pipe.stallUntil(loop.elapsed + fault.ms);
      return;
    case 'half-open':
      for (const pipe of pipesOf(fault.who, fault.direction)) pipe.swallow();
      return;
    case 'partition':
      for (const name of fault.who) network.partition(name, fault.ms);
      return;
    case 'copy the next connection':
      return network.copyNext(fault.who);
    case 'lose an event':
      for (const pipe of pipesOf(fault.who, 'down')) {
        pipe.lose((parcel) => parcel.kind === 'text' && parcel.text.includes('"prev":"'));
      }
      return;
    case 'crash the gateway':
      return host.crash(fault);
    case 'restart the gateway':
      return host.restart(fault);
    case 'take over':
      return host.takeOver(fault);
    case 'crash at':
      options.crashNext(fault);
      return disk.crashAt(fault.point);
    case 'fail commits':
      return disk.failCommits(fault.count);
    case 'lose answers of the disk':
      return disk.loseAnswers(fault.count);
    case 'fail reads':
      return disk.failReads(fault.count);
    case 'slow the disk':
      return disk.slow(fault.ms, loop.elapsed + fault.forMs);
    case 'jump the clock of the gateway':
      return options.gatewayWall.jump(fault.ms);
    case 'jump the clock':
      return actorOf(fault.who).wall.jump(fault.ms);
    case 'crash':
      return actorOf(fault.who).crash(fault);
    case 'close':
      return actorOf(fault.who).close(fault);
    case 'revoke the token':
      return void office.revoke(actorOf(fault.who).plan, fault.scopes);
    case 'narrow the token':
      return void office.narrow(actorOf(fault.who).plan, fault.scopes);
    case 'trim the log':
      return void trim(fault, host);
    case 'keep a backup':
      return options.backups.keep();
    case 'restore the backup':
      return options.backups.restore(fault.downMs);
  }
}

async function trim({ tenant, keep }: Extract<Fault, { do: 'trim the log' }>, host: GatewayHost): Promise<void> {
  await host.persist((gateway) =>
    gateway.transact(tenant, async ({ tx }) => {
      const { head } = await tx.log.state(tenant, () => 'trimmed-before-use');
      await tx.log.trim(tenant, { upTo: Math.max(0, head - keep), limit: 1_000 });
    }),
  );
}
