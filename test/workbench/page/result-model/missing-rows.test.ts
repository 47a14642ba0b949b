import { describe, expect, test } from 'vitest';
import {
  isChanged,
  isLimitReached,
  restOf,
  withRest,
} from '../../../../src/workbench/page/result-model/missing-rows.js';
import type { RunResponse } from '../../../../src/workbench/wire.js';

const request = {
  connectionId: 'c',
  command: 'QUERY_PROFILES',
  parameters: { formData: '{"where": "x"}', pages: '1' },
};
const meta = { cost: 1, total: 3333, sessionId: 's', page: 0, pages: 1, pageSize: 1000 };

describe('the rest of a list of pages', () => {
  test('is asked for in the same session, after the last page, and shown as the result of all pages', () => {
    expect(restOf(request, meta)).toEqual({
      request: {
        ...request,
        parameters: { formData: '{"where":"x","session_id":"s","page":1}', pages: 'all' },
      },
      shown: { ...request, parameters: { ...request.parameters, pages: 'all' } },
    });
  });

  test.each([
    ['all pages are there', { page: 3 }],
    ['Mixpanel gave no session', { sessionId: undefined }],
    ['the total is not known', { total: undefined }],
  ])('is not offered when %s', (_, change) => {
    expect(restOf(request, { ...meta, ...change })).toBeUndefined();
  });

  test('is not offered when the form cannot be read', () => {
    expect(restOf({ ...request, parameters: { formData: '{', pages: '1' } }, meta)).toBeUndefined();
  });

  test('follows the rows that are there', () => {
    const response = (body: unknown, more: object): RunResponse => ({
      elapsedMs: 1,
      headers: {},
      result: { ok: true, body, meta: { cost: 0, ...more }, messages: [] },
    });
    const all = withRest(response([{ a: 1 }], meta), response([{ a: 2 }, { a: 3 }], { page: 3, pages: 3 }));
    expect(all.result).toMatchObject({
      body: [{ a: 1 }, { a: 2 }, { a: 3 }],
      meta: { cost: 0, rows: 3, pages: 4, page: 3, total: 3333 },
    });
  });
});

test('a limit is reached when there are as many rows as it allows', () => {
  const limited = { ...request, parameters: { limit: '10' } };
  expect([isLimitReached(limited, 10), isLimitReached(limited, 9), isLimitReached(request, 10)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('a form has changed when command, datasource or a value differ, and not when an empty field appears', () => {
  const form = { ...request, parameters: { ...request.parameters, limit: '' } };
  expect(isChanged(request, form)).toBe(false);
  expect(isChanged(request, { ...form, parameters: { ...form.parameters, pages: 'all' } })).toBe(true);
  expect(isChanged(request, { ...form, command: 'GET_PROJECTS' })).toBe(true);
  expect(isChanged(request, { ...form, connectionId: 'd' })).toBe(true);
});
