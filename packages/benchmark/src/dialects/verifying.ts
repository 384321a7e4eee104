import { createDevices } from './devices.ts';
import type { MakeDialect } from './dialect.ts';

/** Signs the challenge of the server that asks for nothing else. */
export const verifying: MakeDialect = ({ devices = Number.POSITIVE_INFINITY }) => {
  const nextDevice = createDevices(devices as number);
  return {
    talk(link) {
      const device = nextDevice();
      return {
        read: () => '',
        receive(text) {
          const { challenge, ok } = JSON.parse(text);
          if (ok === true) link.ready();
          else if (challenge === undefined) link.fail(text);
          else link.send(JSON.stringify({ pubkey: device.pubkey, proof: device.sign(challenge) }));
        },
      };
    },
    payloadOf: () => undefined,
  };
};
