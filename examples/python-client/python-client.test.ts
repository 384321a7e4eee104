import { fileURLToPath } from 'node:url';
import { describeWith } from '../../scripts/foreign-peers/describe-with.ts';
import { itIsAPeer } from '../../scripts/foreign-peers/it-is-a-peer.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const imports = 'import websockets, cryptography, jsonschema, sys; assert sys.version_info >= (3, 11)';

await describeWith(
  'the client in Python',
  {
    // The interpreter that Debian's packages belong to comes before whatever else is called so.
    found: [
      ['/usr/bin/python3', '-c', imports],
      ['python3', '-c', imports],
    ],
    packages: ['python3-websockets', 'python3-cryptography', 'python3-jsonschema'],
  },
  (python) =>
    itIsAPeer({
      converse: [python, at('main.py')],
      vectors: [python, at('vectors.py')],
      environment: { PYTHONDONTWRITEBYTECODE: '1' },
    }),
);
