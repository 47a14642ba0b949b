import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Fingerprint, FingerprintLog } from '../../src/transfer/fingerprint.js';
import {
  decodeResumePoint,
  decodeToken,
  encodeResumePoint,
  encodeToken,
  type ResumePoint,
} from '../../src/transfer/resume-token.js';
import { growthFactor, LINEAR_FACTOR } from '../growth.js';

const QUERY = 'hash-of-a-query';

function resumePoint(records: number, identity: (index: number) => unknown): ResumePoint {
  const delivered = new FingerprintLog();
  const fingerprint = new Fingerprint();
  for (let index = 0; index < records; index += 1) delivered.add(fingerprint.compute([identity(index)]));
  const days = { from: '2025-10-01', to: '2025-10-31' };
  return { rows: records, inProgress: [days], rest: { from: '2025-11-01', to: '2025-11-30' }, delivered };
}

function pack(point: object, query = QUERY): string {
  return deflateRawSync(JSON.stringify({ version: 1, query, point })).toString('base64url');
}

test.each([
  ['all different', (index: number) => index],
  ['all the same', () => 'one'],
])('a token of records that are %s says where the export stopped', async (_, identity) => {
  const point = resumePoint(5000, identity);
  const decoded = await decodeResumePoint(QUERY, await encodeResumePoint(QUERY, point));
  expect({ ...decoded, delivered: decoded.delivered.toBytes().toString('hex') }).toEqual({
    ...point,
    delivered: point.delivered.toBytes().toString('hex'),
  });
});

test('a token that unpacks to many times its length is refused, though it is right otherwise', async () => {
  const token = pack({ sessionId: 'a'.repeat(1_000_000) });
  expect(token.length).toBeLessThan(2000);
  await expect(decodeToken(QUERY, token, z.object({ sessionId: z.string() }))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: 'The resume token cannot be read. Start without it.',
  });
});

const days = { from: '2025-10-01', to: '2025-10-02' };
test.each<[string, object]>([
  [
    'a day that does not exist',
    { rows: 0, begun: [{ from: '2025-10-01', to: '2025-13-02' }], delivered: '' },
  ],
  [
    'a range that ends before it begins',
    { rows: 0, begun: [{ from: '2025-10-02', to: '2025-10-01' }], delivered: '' },
  ],
  ['a negative number of rows', { rows: -1, begun: [days], delivered: '' }],
  ['part of a fingerprint', { rows: 1, begun: [days], delivered: 'AAAA' }],
  ['fingerprints that are not base64', { rows: 1, begun: [days], delivered: 'AAAAAAAAA?A=' }],
  ['more ranges than a slice has days', { rows: 1, begun: new Array(10_001).fill(days), delivered: '' }],
])('a token with %s is refused', async (_, point) => {
  await expect(decodeResumePoint(QUERY, await encodeToken(QUERY, point))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
});

test.each<[string, unknown]>([
  ['an object', {}],
  ['a number', 1],
  ['an empty text', ''],
  ['any text', 'not a token'],
])('%s is not a token', async (_, token) => {
  await expect(decodeResumePoint(QUERY, token as string)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('reading a token takes time in proportion to its length', async () => {
  const tokens = new Map<number, string>();
  const growth = await growthFactor(async (size) => {
    const token =
      tokens.get(size) ??
      (await encodeResumePoint(
        QUERY,
        resumePoint(size, (index) => index),
      ));
    tokens.set(size, token);
    await decodeResumePoint(QUERY, token);
  }, 8000);
  expect(growth).toBeLessThan(LINEAR_FACTOR);
});
