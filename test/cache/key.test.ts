import { describe, expect, test } from 'vitest';
import { createCacheKey } from '../../src/cache/key.js';

const parts = {
  username: 'reports.abc123.mp-service-account',
  password: 'S3cret',
  region: 'EU',
  command: 'GET_TOP_EVENTS',
  input: { type: 'general', limit: 10, events: ['a', 'b'] },
};

describe('a cache key', () => {
  test('is the same for the same query, however its fields are ordered', () => {
    expect(
      createCacheKey({
        ...parts,
        input: { events: ['a', 'b'], limit: 10, type: 'general', where: undefined },
      }),
    ).toBe(createCacheKey(parts));
  });

  test.each([
    ['user', { username: 'other' }],
    ['password', { password: 'other' }],
    ['region', { region: 'US' }],
    ['command', { command: 'GET_TODAYS_TOP_EVENTS' }],
    ['input', { input: { ...parts.input, limit: 11 } }],
    ['order of a list', { input: { ...parts.input, events: ['b', 'a'] } }],
    ['type of a value', { input: { ...parts.input, limit: '10' } }],
  ])('differs with the %s', (_what, change) => {
    expect(createCacheKey({ ...parts, ...change })).not.toBe(createCacheKey(parts));
  });

  test('does not let one field run over into the next', () => {
    expect(createCacheKey({ ...parts, username: 'a', password: 'bc' })).not.toBe(
      createCacheKey({ ...parts, username: 'ab', password: 'c' }),
    );
  });

  test('is a hash: nothing of the credentials or the input is in it', () => {
    expect(createCacheKey(parts)).toMatch(/^[\w-]{43}$/);
  });
});
