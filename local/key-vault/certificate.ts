/**
 * Makes the certificate the Key Vault emulator serves https with: self-signed, for loopback only, made anew at
 * every start and kept in memory. Nothing is written to disk, so nobody can come to trust it by accident.
 */
import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM, private. */
  readonly key: string;
  /** PEM, public: what a client has to trust. */
  readonly cert: string;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Valid for 127.0.0.1 and localhost, from yesterday (clocks differ) for about a year. */
export async function makeCertificate(): Promise<Certificate> {
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
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
