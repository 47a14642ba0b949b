import { expect, test } from 'vitest';
import { describeNoRows } from '../../../../src/workbench/page/result-model/no-rows.js';

test.each([
  [
    { events: '["Signup"]', fromDate: '-7d', toDate: 'today' },
    ['No Signup from -7d to today', 'Try a longer range, or check how the name is written.'],
  ],
  [
    { event: 'Paid', where: 'properties["a"] == 1' },
    ['No Paid', 'Run it without the filter, or check how the name is written.'],
  ],
  [{ events: '["A","B","C","D","E"]' }, ['No A, B, C and 2 more', 'Check how the name is written.']],
  [
    { fromDate: '2026-01-01', toDate: '2026-01-02' },
    ['Nothing from 2026-01-01 to 2026-01-02', 'Try a longer range.'],
  ],
  [{ events: '[broken' }, ['No rows', 'Mixpanel has nothing for these values. Check the project.']],
])('an empty result of %j says what was asked and what to change', (parameters, [title, advice]) => {
  expect(describeNoRows(parameters)).toEqual({ title, advice });
});
