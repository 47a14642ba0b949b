import { expect, test } from 'vitest';
import { PROJECT_ID_PATTERN, toCanonicalProjectId } from '../../src/mixpanel/project-id.js';
import { quotaScopeOf } from '../../src/query/transport.js';

test.each([
  ['1234567', '1234567'],
  ['01234567', '1234567'],
  ['0001234567', '1234567'],
  [' 1234567 ', '1234567'],
  ['000', '0'],
  ['not a number', 'not a number'],
])('the project id %j is one with %j', (id, canonical) => {
  expect(toCanonicalProjectId(id)).toBe(canonical);
  expect(
    quotaScopeOf({ family: 'query', method: 'GET', path: '/', projectId: id }, { region: 'US' }),
  ).toEqual({
    region: 'US',
    projectId: canonical,
    family: 'query',
  });
});

test('a project id of any length takes 32 characters at most, and a field refuses it', () => {
  expect(toCanonicalProjectId('7'.repeat(200_000))).toHaveLength(32);
  expect(PROJECT_ID_PATTERN.test('7'.repeat(21))).toBe(false);
});
