import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ClientError } from '../client-error.ts';
import { createIdentity, type Identity } from '../ports/identity.ts';
import { createFile, isErrno } from './atomic-file.ts';

/** How many bytes of a DER public key stand before the key itself. */
const DER_PREFIX_BYTES = 12;

/**
 * The identity of this machine: the Ed25519 key in a file, made on first use, in PKCS #8 PEM, readable by its owner alone. Processes
 * that begin at once end with one key.
 *
 * @throws {ClientError} `bad_configuration` when others can read the file, or when it holds something else
 */
export async function loadIdentity(path: string): Promise<Identity> {
  let pem = await readPrivateFile(path);
  if (pem === undefined) {
    const { privateKey } = generateKeyPairSync('ed25519');
    await createFile(path, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    pem = await readPrivateFile(path);
  }
  if (pem === undefined) throw refused(path, 'vanished while it was being read');
  return identityOf(privateKeyOf(path, pem));
}

async function readPrivateFile(path: string): Promise<string | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    // Asked of the open file: what is judged is what is read.
    const { mode } = await file.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0');
      throw refused(path, `can be used by others (mode ${octal}); run: chmod 600 ${path}`);
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function privateKeyOf(path: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw refused(path, 'holds no private key in PEM', cause);
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw refused(path, `holds a key of type ${key.asymmetricKeyType}, not ed25519`);
  return key;
}

function identityOf(privateKey: KeyObject): Promise<Identity> {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return createIdentity({
    publicKeyRaw: der.subarray(DER_PREFIX_BYTES),
    sign: (text) => sign(null, Buffer.from(text), privateKey),
    crypto: { sha256: (data) => createHash('sha256').update(data).digest() },
  });
}

function refused(path: string, why: string, cause?: unknown): ClientError {
  return new ClientError('bad_configuration', `identity file ${path} ${why}`, { mustChange: 'device', cause });
}
