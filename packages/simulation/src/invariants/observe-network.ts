import type { WireObserver } from '../network/wire-observer.ts';
import type { Verdict } from '../truth/verdict.ts';
import type { WireWatch } from './wire-watch.ts';

/** Shows everything that passes through the network to whoever judges it, and says it in the trace. */
export function observeNetwork(options: {
  readonly wire: WireWatch;
  readonly clients: Pick<WireObserver, 'fromClient' | 'atClient'>;
  readonly verdict: Verdict;
  readonly say: (line: string) => void;
}): WireObserver {
  const { wire, clients, verdict, say } = options;
  return {
    fromClient(link, text) {
      say(`#${link.id} ${link.host} > ${text}`);
      clients.fromClient(link, text);
    },
    atGateway(link, text) {
      say(`#${link.id} > gateway ${text.length}`);
      wire.atGateway(link, text);
    },
    fromGateway(link, text) {
      say(`#${link.id} ${link.host} < ${text}`);
      if (link.copy && text.includes('"type":"connect.proof"') && text.includes('"ok":true')) {
        verdict.fail('audience', `a copy of the connection of ${link.host} was taken for it`);
      }
      wire.fromGateway(link, text);
    },
    atClient(link, text) {
      say(`#${link.id} < client ${text.length}`);
      clients.atClient(link, text);
    },
    closedByGateway(link, code, reason) {
      say(`#${link.id} ${link.host} closed by the gateway: ${code} ${reason}`);
      wire.closedByGateway(link, code, reason);
    },
    closedByClient: (link, code, reason) => say(`#${link.id} ${link.host} closed by the client: ${code} ${reason}`),
    buffered: wire.buffered,
  };
}
