import { expect, test } from 'vitest';
import { describeRejectedFile } from '../../../src/cli/upload/report.js';
import { openEventFile } from '../../../src/records/event-file.js';

const sourceOf = (text: string) => ({
  name: 'events',
  async *open() {
    yield Buffer.from(text);
  },
});

test('the command for rejected records reads them as the first one did', async () => {
  const file = await openEventFile(sourceOf('event;who;when;plan;zip\nA;u1;11/24/2026 9:00;007;1\n'), {
    delimiter: ';',
  });
  expect(
    describeRejectedFile("it's rejected.csv", 3, file, {
      import: true,
      map: { distinct_id: 'who', time: 'when', $insert_id: '' },
      types: { zip: 'text' },
      timezone: 'Europe/Berlin',
      dateFormat: 'MM/dd/yyyy H:mm',
      delimiter: ';',
      token: 'abc123',
      mixpanelUrl: 'http://127.0.0.1:8100',
    }),
  ).toBe(
    "3 records in it's rejected.csv. Correct them, then send them: mixpanel-datasource track --in 'it'\\''s rejected.csv' --import" +
      " --map distinct_id=who --map time=when --map '$insert_id='" +
      " --types plan=text --types zip=text --timezone Europe/Berlin --date-format 'MM/dd/yyyy H:mm' --delimiter ';'" +
      ' --mixpanel-url http://127.0.0.1:8100 --token <token>',
  );
});

test('the command for one rejected record of JSON has no option that is not needed', async () => {
  const file = await openEventFile(sourceOf('{"event":"A"}\n'));
  expect(describeRejectedFile('no.ndjson', 1, file, {})).toBe(
    '1 record in no.ndjson. Correct them, then send them: mixpanel-datasource track --in no.ndjson',
  );
});
