import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import net from 'node:net';

/** X.509 certificates made on the spot (ECDSA P-256), so that TLS is tested against real handshakes without stored keys. */
export interface Issued {
  /** PEM. */
  cert: string;
  key: string;
}

interface Options {
  name: string;
  /** Host names and IP addresses that it is for. */
  hosts?: string[];
  notBefore?: Date;
  notAfter?: Date;
}

const HOUR = 3600_000;

/** A certificate authority of its own. */
export function newAuthority(name = 'Test authority'): Issued & { issue(options: Options): Issued } {
  const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const own = certificate({ name }, keys.publicKey, { name, key: keys.privateKey }, true);
  return {
    cert: own,
    key: pem(keys.privateKey),
    issue(options) {
      const leaf = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      return {
        cert: certificate(options, leaf.publicKey, { name, key: keys.privateKey }, false),
        key: pem(leaf.privateKey),
      };
    },
  };
}

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function certificate(
  options: Options,
  publicKey: KeyObject,
  issuer: { name: string; key: KeyObject },
  isAuthority: boolean,
): string {
  const { notBefore = new Date(Date.now() - HOUR), notAfter = new Date(Date.now() + 24 * HOUR) } = options;
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const body = sequence(
    tagged(0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    nameOf(issuer.name),
    sequence(time(notBefore), time(notAfter)),
    nameOf(options.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions(options.hosts ?? [], isAuthority))),
  );
  const signature = sign('sha256', body, issuer.key);
  const der = sequence(body, algorithm, bits(signature));
  return `-----BEGIN CERTIFICATE-----\n${der
    .toString('base64')
    .replace(/.{64}/g, '$&\n')
    .trimEnd()}\n-----END CERTIFICATE-----\n`;
}

function extensions(hosts: string[], isAuthority: boolean): Buffer[] {
  const found = [extension('2.5.29.19', sequence(...(isAuthority ? [der(0x01, Buffer.of(0xff))] : [])))];
  if (hosts.length > 0)
    found.push(
      extension(
        '2.5.29.17',
        sequence(
          ...hosts.map((host) =>
            net.isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
          ),
        ),
      ),
    );
  return found;
}

// DER (X.690), as much as a certificate needs.
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...header), body]);
}
const sequence = (...content: Buffer[]) => der(0x30, ...content);
const tagged = (number: number, content: Buffer) => der(0xa0 + number, content);
const integer = (bytes: Buffer) => der(0x02, bytes);
const bits = (bytes: Buffer) => der(0x03, Buffer.of(0), bytes);
const time = (at: Date) => der(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
const extension = (id: string, value: Buffer) => sequence(oid(id), der(0x04, value));
const nameOf = (name: string) => sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(name)))));

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const seven = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) seven.unshift((left & 0x7f) | 0x80);
    bytes.push(...seven);
  }
  return der(0x06, Buffer.from(bytes));
}
