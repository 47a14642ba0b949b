import { isIP } from 'node:net';
import { generate } from 'selfsigned';

/** A key and its self-signed certificate, both PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

/** Creates a certificate for this machine's loopback names and, if it is another one, the address `host`. */
export async function createCertificate(host: string): Promise<Certificate> {
  const names = ['localhost', '127.0.0.1', '::1', host].filter(
    (name, index, all) => all.indexOf(name) === index,
  );
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'Mixpanel sandbox' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { key, cert };
}
