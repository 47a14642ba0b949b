export type { RedisTarget } from './address.js';
export type { RedisClient } from './client.js';
export { RedisConnection, type RedisEvent, RedisUnavailableError } from './connection.js';
