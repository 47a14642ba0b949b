import { readFileSync } from 'node:fs';
import { PluginError } from '../errors.js';

/** How the servers behind an address belong together. */
export type RedisTopology = 'single' | 'sentinel' | 'cluster';

/** Where a Redis is and how to sign in, as read from its address. Holds the password: never log it. */
export interface RedisAddress {
  topology: RedisTopology;
  /** The server, the sentinels, or nodes of the cluster; none for a socket. */
  nodes: { host: string; port: number }[];
  /** The path of a socket. */
  socketPath?: string;
  username?: string;
  password?: string;
  database: number;
  tls: boolean;
  /** Certificates of the authority that is trusted instead of the usual ones, as PEM. */
  ca?: string;
  /** IP version: 4, 6, or 0 for both. */
  family?: number;
  /** What the sentinels call the servers they watch. */
  masterName?: string;
  sentinelUsername?: string;
  sentinelPassword?: string;
}

/** An address, with the authority of its certificates if that is not a well-known one. */
export interface RedisTarget {
  url: string;
  /** PEM text. */
  ca?: string;
}

export const DEFAULT_PORT = 6379;
const DEFAULT_SENTINEL_PORT = 26379;
const MAX_PORT = 65535;

const SCHEME = /^(?:redis|valkey)(s?)(?:[+-](sentinel|cluster))?$/;
/** Scheme, authority, path, query and fragment. Unlike `URL`, it lets several hosts stand in the authority. */
const PARTS = /^([a-z][a-z+-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i;
const HOST = /^(?:\[([0-9a-f:.%]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i;
/** Before the next address of a list. */
const NEXT_ADDRESS = /,(?=(?:redis|valkey)s?:\/\/)/;
const PARAMETERS = ['ca', 'db', 'family', 'sentinelUsername', 'sentinelPassword'];

const FORMS =
  'Write redis://user:password@host:6379/0, redis+sentinel://host:26379,host:26379/master/0, redis+cluster://host:7000,host:7001, or unix:///path/redis.sock; rediss instead of redis means TLS.';

/**
 * Reads an address. Throws `PluginError` that names what is wrong, without repeating the address: it may hold a
 * password.
 */
export function parseRedisAddress({ url, ca }: RedisTarget): RedisAddress {
  const [first = '', ...others] = url.trim().split(NEXT_ADDRESS);
  const address = parseOne(first);
  for (const other of others) {
    const { nodes, ...rest } = parseOne(other);
    const { nodes: _nodes, ...expected } = address;
    if (JSON.stringify(rest) !== JSON.stringify(expected))
      throw refuse('the addresses of its list differ in more than host and port');
    address.nodes.push(...nodes);
  }
  if (others.length > 0) asCluster(address);
  if (ca !== undefined) address.ca = ca;
  if (address.ca !== undefined && !address.tls)
    throw refuse('it names a certificate authority, but does not use TLS');
  return address;
}

function parseOne(text: string): RedisAddress {
  if (text.startsWith('/')) return parseOne(`unix://${text}`);
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = PARTS.exec(text) ?? [];
  if (scheme === '') throw refuse('it is no URL');
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys())
    if (!PARAMETERS.includes(name)) throw refuse(`it has an unknown parameter, ${name.slice(0, 40)}`);
  const userEnd = authority.lastIndexOf('@');
  const address: RedisAddress = {
    topology: 'single',
    nodes: [],
    ...readUser(authority.slice(0, Math.max(0, userEnd))),
    database: readDatabase(parameters.get('db') ?? ''),
    tls: false,
    ...readParameters(parameters),
  };
  if (scheme.toLowerCase() === 'unix') {
    if (authority.slice(userEnd + 1) !== '' || path.length < 2) throw refuse('it names no path of a socket');
    return { ...address, socketPath: decode(path) };
  }
  const [, secure, kind] = SCHEME.exec(scheme.toLowerCase()) ?? [];
  if (secure === undefined) throw refuse(`it begins with ${scheme.slice(0, 40)}:`);
  address.tls = secure === 's';
  address.nodes = authority
    .slice(userEnd + 1)
    .split(',')
    .map((host) => readNode(host, kind === 'sentinel' ? DEFAULT_SENTINEL_PORT : DEFAULT_PORT));
  if (kind === 'sentinel') return asSentinel(address, path, fragment);
  if (path.length > 1) address.database = readDatabase(path.slice(1));
  return kind === 'cluster' || address.nodes.length > 1 ? asCluster(address) : address;
}

/** The path is `/master/0`, `/master`, or `/0` with the master behind a number sign. */
function asSentinel(address: RedisAddress, path: string, fragment: string): RedisAddress {
  const segments = path.split('/').filter((segment) => segment !== '');
  const masterName = decode(fragment || (segments.shift() ?? ''));
  if (masterName === '' || segments.length > 1)
    throw refuse('it does not name the master that the sentinels watch, as in …/mymaster');
  const [database] = segments;
  if (database !== undefined) address.database = readDatabase(database);
  return { ...address, topology: 'sentinel', masterName };
}

function asCluster(address: RedisAddress): RedisAddress {
  if (address.database !== 0) throw refuse('it names a database, but a cluster has only 0');
  address.topology = 'cluster';
  return address;
}

function readUser(text: string): Pick<RedisAddress, 'username' | 'password'> {
  if (text === '') return {};
  const colon = text.indexOf(':');
  const username = decode(colon < 0 ? text : text.slice(0, colon));
  const password = colon < 0 ? '' : decode(text.slice(colon + 1));
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

function readNode(text: string, defaultPort: number): { host: string; port: number } {
  if (text === '') return { host: 'localhost', port: defaultPort };
  const [, ipv6, name, portText] = HOST.exec(text.trim()) ?? [];
  const host = ipv6 ?? name;
  const port = portText === undefined ? defaultPort : Number(portText);
  if (host === undefined || port < 1 || port > MAX_PORT)
    throw refuse('it does not name a host, or a port up to 65535');
  return { host, port };
}

function readDatabase(text: string): number {
  if (!/^\d{0,5}$/.test(text)) throw refuse('its database is not a number');
  return Number(text);
}

function readParameters(
  parameters: URLSearchParams,
): Pick<RedisAddress, 'ca' | 'family' | 'sentinelUsername' | 'sentinelPassword'> {
  const [caFile, family, sentinelUsername, sentinelPassword] = [
    parameters.get('ca'),
    parameters.get('family'),
    parameters.get('sentinelUsername'),
    parameters.get('sentinelPassword'),
  ];
  if (family !== null && !/^[046]$/.test(family)) throw refuse('its family is not 4, 6 or 0');
  return {
    ...(caFile ? { ca: readAuthority(caFile) } : {}),
    ...(family === null ? {} : { family: Number(family) }),
    ...(sentinelUsername ? { sentinelUsername } : {}),
    ...(sentinelPassword ? { sentinelPassword } : {}),
  };
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw refuse(`the file of its certificate authority cannot be read: ${file}`);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A password that was not encoded may hold a percent sign.
  }
}

function refuse(problem: string): PluginError {
  return new PluginError('INVALID_INPUT', `The Redis address cannot be used: ${problem}. ${FORMS}`);
}
