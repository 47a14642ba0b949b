import { describe, expect, test } from 'vitest';
import { exceededShapeLimit } from '../../src/json/shape.js';
import { growthFactor, LINEAR_FACTOR } from '../growth.js';

const LIMITS = { maxDepth: 3, maxValues: 10 };

test.each<[string, string | undefined]>([
  ['[[[1]]]', undefined],
  ['[[[[1]]]]', 'maxDepth'],
  ['{"a":{"b":[{}]}}', 'maxDepth'],
  ['[1,2,3,4,5,6,7,8,9,0]', undefined],
  ['[1,2,3,4,5,6,7,8,9,0,1]', 'maxValues'],
  ['[{},{},{},{},{},{}]', 'maxValues'],
  ['["[[[[,,,,,,,,,,,,,,,\\"[[[["]', undefined],
  ['[] [] [] [] []', undefined],
  ['"no end [[[[[', undefined],
])('%s', (text, exceeded) => {
  expect(exceededShapeLimit(text, LIMITS)).toBe(exceeded);
});

describe('the text is looked at once', () => {
  const limits = { maxDepth: Number.POSITIVE_INFINITY, maxValues: Number.POSITIVE_INFINITY };
  test.each(['[', '"', '\\"', '"\\\\', '{},', '"",', ' '])('%j', async (piece) => {
    const growth = await growthFactor((size) => exceededShapeLimit(piece.repeat(size), limits), 10_000);
    expect(growth).toBeLessThan(LINEAR_FACTOR);
  });
});
