import { expect, test } from 'vitest';
import { formatOfFile } from '../../../src/cli/files/output-file.js';

test.each([
  ['top.json', 'json'],
  ['top.NDJSON', 'ndjson'],
  ['top.jsonl.gz', 'ndjson'],
  ['a.csv/top.2026.csv', 'csv'],
])('the name %s tells the format %s', (name, format) => {
  expect(formatOfFile(name)).toBe(format);
});

test.each(['top.xlsx', 'top', 'csv', 'top.csv.zip', 'top.gz'])(
  'the name %s is refused, since it tells no format',
  (name) => {
    expect(() => formatOfFile(name)).toThrow(
      /^The format of .* is not known\. End its name in \.json, .* Nothing was sent\.$/,
    );
  },
);
