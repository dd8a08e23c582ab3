/** Makes the certificate of a local https server: self-signed, with a new key at every start. */
import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM, private. */
  readonly key: string;
  /** PEM, public: what a client has to trust. */
  readonly cert: string;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Valid for 127.0.0.1, localhost and `names`, from yesterday (clocks differ) for about a year.
 * @param names DNS names that the local world answers to besides
 */
export async function makeCertificate(names: readonly string[] = []): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    // An RSA key takes up to a second to find; this one takes milliseconds.
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - dayMs),
    notAfterDate: new Date(Date.now() + 365 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          ...['localhost', ...names].map((value) => ({ type: 2 as const, value })),
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
