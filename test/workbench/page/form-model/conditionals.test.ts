import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../../src/workbench/page/form-model/conditionals.js';

describe('a condition of the manifest', () => {
  const scope = { actionConfiguration: { formData: { command: 'A', list: ['x'], flag: true } } };

  test.each([
    ["{{actionConfiguration.formData.command === 'A'}}", true],
    ["{{actionConfiguration.formData.command !== 'A'}}", false],
    ["{{['A','B'].includes(actionConfiguration.formData.command)}}", true],
    ['{{actionConfiguration.formData.flag && !actionConfiguration.formData.none}}', true],
    ["{{actionConfiguration.formData['command'] === 'B' || actionConfiguration.formData.flag}}", true],
    ["{{actionConfiguration.formData.flag ? 'yes' : 'no'}}", 'yes'],
    ['{{actionConfiguration.formData.missing}}', undefined],
  ])('%s', (expression, value) => {
    expect(evaluate(expression, scope)).toBe(value);
  });

  test.each([
    ['{{window.location}}', 'window is not defined'],
    ["{{actionConfiguration.formData.command.constructor('return 1')()}}", 'Use includes'],
    ["{{actionConfiguration.formData.command == 'A'}}", 'Use === or !=='],
    ['{{actionConfiguration.}}', 'has a syntax error'],
    ['actionConfiguration', 'double braces'],
    ['{{actionConfiguration.nothing.command}}', 'not an object'],
  ])('%s is a mistake', (expression, words) => {
    expect(() => evaluate(expression, scope)).toThrow(words);
  });

  test('reads nothing that an object only inherits', () => {
    expect(evaluate('{{actionConfiguration.toString}}', scope)).toBeUndefined();
  });
});
