import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseRedisAddress, type RedisAddress } from '../../src/redis/address.js';

const CA_FILE = fileURLToPath(new URL('../server/certificates/ca.pem', import.meta.url));

const single = { topology: 'single', database: 0, tls: false } as const;
const local = { host: 'localhost', port: 6379 };

test.each<[string, RedisAddress]>([
  ['redis://localhost', { ...single, nodes: [local] }],
  ['redis://', { ...single, nodes: [local] }],
  ['valkey://localhost:6380', { ...single, nodes: [{ host: 'localhost', port: 6380 }] }],
  [
    'rediss://us%3Aer:p%40ss@10.0.0.1:6380/2',
    {
      ...single,
      nodes: [{ host: '10.0.0.1', port: 6380 }],
      username: 'us:er',
      password: 'p@ss',
      database: 2,
      tls: true,
    },
  ],
  ['redis://:p@ss:w%@localhost/', { ...single, nodes: [local], password: 'p@ss:w%' }],
  ['redis://[::1]:6380?family=6', { ...single, nodes: [{ host: '::1', port: 6380 }], family: 6 }],
  ['/run/redis.sock', { ...single, nodes: [], socketPath: '/run/redis.sock' }],
  [
    'unix://:secret@/run/redis.sock?db=3',
    { ...single, nodes: [], socketPath: '/run/redis.sock', password: 'secret', database: 3 },
  ],
])('reads %s as one server', (url, expected) => {
  expect(parseRedisAddress({ url })).toEqual(expected);
});

const sentinel = {
  topology: 'sentinel',
  nodes: [
    { host: 'a', port: 26379 },
    { host: 'b', port: 26380 },
  ],
  database: 0,
  tls: false,
  masterName: 'mymaster',
} as const;

test.each([
  ['redis+sentinel://a,b:26380/mymaster', sentinel],
  ['redis-sentinel://a,b:26380/0#mymaster', sentinel],
  ['redis+sentinel://a,b:26380/mymaster/1', { ...sentinel, database: 1 }],
  [
    'rediss+sentinel://u:p@a,b:26380/mymaster?sentinelUsername=s&sentinelPassword=q',
    { ...sentinel, tls: true, username: 'u', password: 'p', sentinelUsername: 's', sentinelPassword: 'q' },
  ],
])('reads %s as sentinels and the master they watch', (url, expected) => {
  expect(parseRedisAddress({ url })).toEqual(expected);
});

const cluster = {
  topology: 'cluster',
  nodes: [
    { host: 'a', port: 7000 },
    { host: 'b', port: 7001 },
  ],
  database: 0,
  tls: false,
} as const;

test.each([
  ['redis+cluster://a:7000,b:7001', cluster],
  ['redis://a:7000,b:7001/0', cluster],
  ['redis://a:7000,redis://b:7001', cluster],
  ['rediss+cluster://u:p@a:7000,b:7001', { ...cluster, tls: true, username: 'u', password: 'p' }],
  ['rediss://u:p@a:7000,rediss://u:p@b:7001', { ...cluster, tls: true, username: 'u', password: 'p' }],
])('reads %s as nodes of a cluster', (url, expected) => {
  expect(parseRedisAddress({ url })).toEqual(expected);
});

test('a certificate authority is given beside the address, or as a file in it', () => {
  const authority = parseRedisAddress({ url: `rediss://localhost?ca=${CA_FILE}` }).ca;
  expect(authority).toContain('BEGIN CERTIFICATE');
  expect(parseRedisAddress({ url: 'rediss://localhost', ca: String(authority) }).ca).toBe(authority);
});

test.each([
  ['http://user:hunter2@redis.example.com:6379', 'it begins with http:'],
  ['not a url hunter2', 'it is no URL'],
  ['hunter2:6379,b:6379', 'it is no URL'],
  ['redis://user:hunter2@redis.example.com:99999', 'it does not name a host, or a port up to 65535'],
  ['redis+sentinel://:hunter2@a:26379', 'it does not name the master that the sentinels watch'],
  ['redis+sentinel://:hunter2@a:26379/main/0/1', 'it does not name the master that the sentinels watch'],
  ['redis+cluster://:hunter2@a:6379/1', 'it names a database, but a cluster has only 0'],
  ['redis://:hunter2@a:6379,b:6379/1', 'it names a database, but a cluster has only 0'],
  ['redis://:hunter2@a,redis://b', 'the addresses of its list differ in more than host and port'],
  ['redis://:hunter2@a:6379/main', 'its database is not a number'],
  ['redis://:hunter2@a?ssl_cert_reqs=none', 'it has an unknown parameter, ssl_cert_reqs'],
  ['redis://:hunter2@a?family=5', 'its family is not 4, 6 or 0'],
  ['rediss://:hunter2@a?ca=/no/such/file', 'the file of its certificate authority cannot be read'],
  [`redis://:hunter2@a?ca=${CA_FILE}`, 'it names a certificate authority, but does not use TLS'],
  ['unix://:hunter2@host/redis.sock', 'it names no path of a socket'],
])('refuses %s with its cause and without its password', (url, cause) => {
  expect(() => parseRedisAddress({ url })).toThrow(`The Redis address cannot be used: ${cause}`);
  expect(() => parseRedisAddress({ url })).not.toThrow('hunter2');
});

test('reading an address of any length takes one pass', () => {
  const long = `redis://${'a,'.repeat(50_000)}${'@'.repeat(50_000)}${'%'.repeat(50_000)}`;
  expect(() => parseRedisAddress({ url: long })).toThrow('The Redis address cannot be used');
});
