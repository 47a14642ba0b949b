import { expect, test } from 'vitest';
import { createColourBook } from '../../../../src/workbench/page/results/series-colours.js';

test('a name keeps its colour in other charts and other orders', () => {
  const placesOf = createColourBook(8);
  const [signup] = placesOf(['Signup', 'Purchase']);
  const [, , again] = placesOf(['Purchase', 'Page View', 'Signup']);
  expect(again).toBe(signup);
});

test('two names of one chart never share a colour while there are enough', () => {
  const placesOf = createColourBook(4);
  placesOf(['a', 'b', 'c', 'd']);
  const places = placesOf(['e', 'a', 'f', 'b']);
  expect(new Set(places).size).toBe(4);
});
