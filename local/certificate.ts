/** Makes the certificate of a local https server: self-signed, with a new key at every start. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface Certificate {
  /** PEM, private. */
  readonly key: string;
  /** PEM, public: what a client has to trust. */
  readonly cert: string;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Object identifiers, as their bytes in hexadecimal. */
const ids = {
  commonName: '550403',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  ecdsaWithSha256: '2a8648ce3d040302',
} as const;

/**
 * Valid for 127.0.0.1, localhost and `names`, from yesterday (clocks differ) for about a year.
 * @param names DNS names that the local world answers to besides
 */
export function makeCertificate(names: readonly string[] = []): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = describe(publicKey, ['localhost', ...names]);
  const certificate = sequence(signed, ecdsaWithSha256, bits(sign('sha256', signed, privateKey)));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** TBSCertificate of RFC 5280, section 4.1. */
function describe(publicKey: KeyObject, names: readonly string[]): Buffer {
  const localhost = sequence(
    der(0x31, sequence(identifier('commonName'), der(0x0c, Buffer.from('localhost')))),
  );
  const now = Date.now();
  return sequence(
    der(0xa0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    localhost,
    sequence(time(now - dayMs), time(now + 365 * dayMs)),
    localhost,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(names))),
  );
}

function extensions(names: readonly string[]): Buffer[] {
  const isCritical = der(0x01, Buffer.of(0xff));
  const altNames = [der(0x87, Buffer.of(127, 0, 0, 1)), ...names.map((name) => der(0x82, Buffer.from(name)))];
  return [
    // It signs no other certificate.
    sequence(identifier('basicConstraints'), isCritical, octets(sequence())),
    // For signatures only: seven of the eight bits of the byte are not used.
    sequence(identifier('keyUsage'), isCritical, octets(der(0x03, Buffer.of(7, 0x80)))),
    sequence(identifier('extendedKeyUsage'), octets(sequence(identifier('serverAuth')))),
    sequence(identifier('subjectAltName'), octets(sequence(...altNames))),
  ];
}

const ecdsaWithSha256 = sequence(identifier('ecdsaWithSha256'));

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** @param bytes without a leading bit that would make it negative */
function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

function identifier(name: keyof typeof ids): Buffer {
  return der(0x06, Buffer.from(ids[name], 'hex'));
}

function octets(content: Buffer): Buffer {
  return der(0x04, content);
}

/** Whole bytes: no bit of the last one is unused. */
function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.of(0), content);
}

/** Years have two digits here. RFC 5280 wants this form until 2049. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

/** One value in the Distinguished Encoding Rules: what it is, how long it is, and what it holds. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
