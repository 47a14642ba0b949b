import { describe, expect, test } from 'vitest';
import { copyPlain, NotJsonError } from '../../src/json/plain-copy.js';
import { growthFactor, LINEAR_FACTOR } from '../growth.js';

const copyOf = (value: unknown, maxSize = 1_000_000) => copyPlain(() => value, maxSize);
const nested = (levels: number) => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
};
/** Each level refers to the one below twice: written out it has 2 to the power of `levels` members. */
const shared = (levels: number) => {
  let value: unknown = { a: 1 };
  for (let level = 0; level < levels; level += 1) value = { left: value, right: value };
  return value;
};

describe('a copy is what JSON would make of the value', () => {
  test.each<[string, unknown]>([
    ['text', 'a'],
    ['nothing', null],
    ['lists and objects', { a: [1, 'b', { c: null }], d: true }],
    ['own keys that objects have by nature', JSON.parse('{"__proto__":{"x":1},"constructor":2}')],
    ['dates', { at: new Date(0) }],
    ['members without a value', { a: undefined, b: 1 }],
    ['boxed values', { a: Object('text'), b: Object(1), c: Object(false) }],
    ['a class of its own', { a: Object.assign(Object.create({ inherited: 1 }), { own: 2 }) }],
    ['objects referred to twice', shared(3)],
    ['100 levels', nested(101)],
  ])('%s', (_, value) => {
    expect(JSON.stringify(copyOf(value))).toBe(JSON.stringify(value));
  });

  test('a BigInt or a Date by itself is kept for the field that takes it', () => {
    expect(copyOf(10n)).toBe(10n);
    expect(copyOf(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('what cannot be written as JSON is refused with a reason', () => {
  const throwing = {
    get a() {
      throw new Error('s3cret');
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const endless = {
    toJSON() {
      return { again: endless };
    },
  };
  const branching = { toJSON: () => ({ left: { ...branching }, right: { ...branching } }) };
  test.each<[string, unknown, RegExp]>([
    ['a getter that throws', { deep: [throwing] }, /^cannot be read: one of its members failed/],
    ['a toJSON that throws', { toJSON: () => throwing.a }, /^cannot be read/],
    ['a proxy without a target', [proxy], /^cannot be read/],
    ['a BigInt', { a: 1n }, /^holds a BigInt/],
    ['a function', { a: () => 1 }, /^holds a function/],
    ['a symbol', Symbol('a'), /^must not be a symbol/],
    ['an object that holds itself', circular, /^is nested more than 100 levels deep/],
    ['a toJSON that returns itself for ever', endless, /levels deep/],
    ['a toJSON that doubles itself for ever', branching, /levels deep|larger than/],
    ['102 levels', nested(102), /^is nested more than 100 levels deep/],
    ['a shared object below 60 levels of sharing', shared(60), /^is larger than the 1,000,000 characters/],
    ['an empty list that claims billions of items', new Array(2 ** 32 - 1), /^is larger than/],
    ['a long text', ['a'.repeat(1_000_001)], /^is larger than/],
  ])('%s', (_, value, reason) => {
    const error = (() => {
      try {
        return copyOf(value);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(NotJsonError);
    expect((error as Error).message).toMatch(reason);
    expect((error as Error).message).not.toContain('s3cret');
  });

  test('a getter of the value itself that throws', () => {
    expect(() => copyPlain(() => throwing.a, 10)).toThrow(NotJsonError);
  });
});

test('an object that holds others is visited once, however often it is referred to', () => {
  let reads = 0;
  let value: unknown = {
    get a() {
      reads += 1;
      return {};
    },
  };
  for (let level = 0; level < 15; level += 1) value = [value, value];
  copyOf(value);
  expect(reads).toBe(1);
});

test('copying takes time in proportion to the value', async () => {
  const growth = await growthFactor((size) =>
    copyOf(
      Array.from({ length: size }, (_, index) => ({ index })),
      1e9,
    ),
  );
  expect(growth).toBeLessThan(LINEAR_FACTOR);
});
