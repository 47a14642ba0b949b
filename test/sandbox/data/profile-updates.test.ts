import { describe, expect, it } from 'vitest';
import { applyUpdate } from '../../../src/sandbox/data/profile-updates.js';
import type { JsonObject } from '../../../src/sandbox/records/write.js';

describe('an update of a profile', () => {
  it.each<[string, JsonObject, JsonObject | undefined]>([
    ['$set overwrites', { $set: { plan: 'Premium' } }, { plan: 'Premium', n: 1, tags: ['a'] }],
    [
      '$set_once does not',
      { $set_once: { plan: 'Premium', city: 'Bern' } },
      { plan: 'Free', n: 1, tags: ['a'], city: 'Bern' },
    ],
    [
      '$add counts from what is there or zero',
      { $add: { n: -3, m: 2 } },
      { plan: 'Free', n: -2, tags: ['a'], m: 2 },
    ],
    [
      '$append makes a list where there is none',
      { $append: { tags: 'a', b: 1 } },
      { plan: 'Free', n: 1, tags: ['a', 'a'], b: [1] },
    ],
    [
      '$remove takes a value out of a list',
      { $remove: { tags: 'a', x: 1 } },
      { plan: 'Free', n: 1, tags: [] },
    ],
    [
      '$union adds what is missing',
      { $union: { tags: ['a', 'b', 'b'] } },
      { plan: 'Free', n: 1, tags: ['a', 'b'] },
    ],
    ['$unset removes properties', { $unset: ['plan', 'x'] }, { n: 1, tags: ['a'] }],
    ['$delete removes the profile', { $delete: '' }, undefined],
    [
      'several operations are all applied',
      { $set: { a: 1 }, $add: { n: 1 } },
      { plan: 'Free', n: 2, tags: ['a'], a: 1 },
    ],
  ])('%s', (_, update, expected) => {
    const before = { plan: 'Free', n: 1, tags: ['a'] };
    expect(applyUpdate(before, update)).toEqual(expected);
    expect(before).toEqual({ plan: 'Free', n: 1, tags: ['a'] });
  });

  it('makes a profile, but not by removing from one that is not there', () => {
    expect(applyUpdate(undefined, { $set: {} })).toEqual({});
    expect(applyUpdate(undefined, { $union: { tags: ['a', 'a'] } })).toEqual({ tags: ['a'] });
    expect(applyUpdate(undefined, { $remove: { tags: 'a' } })).toBeUndefined();
    expect(applyUpdate(undefined, { $unset: ['a'] })).toBeUndefined();
  });

  it('keeps a property called __proto__', () => {
    const update: JsonObject = JSON.parse('{"$set": {"__proto__": "p"}}');
    expect(Object.entries(applyUpdate({ a: 1 }, update) ?? {})).toEqual([
      ['a', 1],
      ['__proto__', 'p'],
    ]);
  });
});
