import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { buildRequest, problemsIn } from '../commands/command-fixture.js';

const filters = z
  .array(
    z.strictObject({
      filter: z.string(),
      /** Whether Mixpanel takes it, or may. */
      right: z.boolean(),
      certainty: z.enum(['recorded', 'documented', 'client', 'inferred']),
      source: z.string().min(1),
      /** What is sent, when it is not the filter as written. */
      sent: z.string().optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('filters.json', import.meta.url), 'utf8')));

const inputWith = (where: string) => ({ fromDate: '2025-10-01', toDate: '2025-10-03', where });

for (const { filter, right, sent } of filters) {
  test(`${right ? 'passes' : 'is refused'}: ${filter.replace(/\s+/g, ' ')}`, () => {
    if (right) expect(buildRequest('DOWNLOAD_DATA', inputWith(filter)).query?.where).toBe(sent ?? filter);
    else
      expect(problemsIn('DOWNLOAD_DATA', inputWith(filter))).toEqual([
        expect.stringMatching(/^where is not a filter/),
      ]);
  });
}

afterAll(() => {
  const passing = filters.filter(({ right }) => right).length;
  console.log(`filters: ${passing} that pass, ${filters.length - passing} that are refused`);
});
