import { describe, expect, test } from 'vitest';
import {
  completionPlace,
  filterLiteral,
} from '../../../../src/workbench/page/form-model/filter-completion.js';

/** The place at the end of a text, with what a completion replaces. */
function placeAt(before: string) {
  const place = completionPlace(before);
  return place && { ...place, from: undefined, replaces: before.slice(place.from) };
}

describe('what can stand at a place of a filter', () => {
  test.each([
    ['properties["', true, ''],
    ['properties["pl', true, 'pl'],
    ['properties[', false, ''],
    ["user['$ci", true, '$ci'],
    ['defined(properties["pl', true, 'pl'],
    ['properties["a"] == "b" and properties["Utm Sou', true, 'Utm Sou'],
    ['event["x', true, 'x'],
  ])('%s is the name of a property', (before, isQuoted, replaces) => {
    expect(placeAt(before)).toMatchObject({ type: 'property', isQuoted, replaces });
  });

  test.each([
    ['properties["plan"] == "', 'plan', true, ''],
    ['properties["plan"]=="Pre', 'plan', true, 'Pre'],
    ['properties["plan"] == ', 'plan', false, ''],
    ['properties["plan"] == Pre', 'plan', false, 'Pre'],
    ['user["$city"] != "', '$city', true, ''],
    ['properties["a"] == 1 or properties["b"] >= ', 'b', false, ''],
    ['properties["the \\"plan\\""] == "', 'the "plan"', true, ''],
    ['properties["plan"] in ["Free", "Pre', 'plan', true, 'Pre'],
    ['properties["plan"] in [', 'plan', false, ''],
    ['properties["plan"] not in ["', 'plan', true, ''],
  ])('%s is a value of %s', (before, property, isQuoted, replaces) => {
    expect(placeAt(before)).toMatchObject({ type: 'value', property, isQuoted, replaces });
  });

  test.each([
    ['properties["plan"] ', 'property', ''],
    ['properties["plan"] i', 'property', 'i'],
    ['properties["plan"] == "Free" ', 'value', ''],
    ['properties["plan"] == "Free" an', 'value', 'an'],
    ['defined(properties["plan"]) ', 'value', ''],
    ['properties["n"] > 100 ', 'value', ''],
    ['properties["plan"] in ["a"] ', 'value', ''],
  ])('%s is followed by an operator after a %s', (before, follows, replaces) => {
    expect(placeAt(before)).toMatchObject({ type: 'operator', follows, replaces });
  });

  test.each([
    ['', ''],
    ['prop', 'prop'],
    ['not def', 'def'],
    ['(', ''],
    ['properties["a"] == 1 and ', ''],
    ['properties["a"] == 1 && de', 'de'],
  ])('%j begins a condition', (before, replaces) => {
    expect(placeAt(before)).toMatchObject({ type: 'condition', replaces });
  });

  test.each(['"Pre', 'has_prefix("Pre', 'properties["a"] == ~', 'properties["a"] == "b" and "x'])(
    '%s has nothing to complete',
    (before) => {
      expect(placeAt(before)).toBeUndefined();
    },
  );
});

test.each([
  ['Premium', '"Premium"'],
  ['12', '12'],
  ['-1.5', '-1.5'],
  ['true', 'true'],
  ['1e5x', '"1e5x"'],
  ['a "b"', '"a \\"b\\""'],
])('the value %s is written as %s', (value, literal) => {
  expect(filterLiteral(value)).toBe(literal);
});
