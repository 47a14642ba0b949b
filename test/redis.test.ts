import { expect, test } from 'vitest';
import { RedisConnection } from '../src/redis.js';

test.each([
  ['http://user:hunter2@redis.example.com:6379', 'it begins with http:'],
  ['not a url', 'it is not a URL with a port up to 65535'],
  ['redis://user:hunter2@redis.example.com:99999', 'it is not a URL with a port up to 65535'],
  ['redis+sentinel://:hunter2@a:26379/main', 'Sentinel and Cluster are not supported'],
  ['redis+cluster://:hunter2@a:6379', 'Sentinel and Cluster are not supported'],
  ['redis://:hunter2@a:6379/main', 'its database is not a number'],
])('the Redis address %s is refused with its cause and without its password', (address, cause) => {
  const connect = () => new RedisConnection(address);
  expect(connect).toThrow(`The Redis address cannot be used: ${cause}.`);
  expect(connect).not.toThrow('hunter2');
});
