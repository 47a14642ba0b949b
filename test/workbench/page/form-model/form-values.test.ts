import { describe, expect, test } from 'vitest';
import { commands } from '../../../../src/commands/index.js';
import { buildManifest } from '../../../../src/hosts/appsmith/manifest/index.js';
import {
  editorControls,
  initialValues,
  toParameters,
  visibleSections,
  withQuery,
} from '../../../../src/workbench/page/form-model/form-values.js';

describe('the forms of the manifest', () => {
  const manifest = buildManifest(commands);
  const empty = initialValues(editorControls(manifest));

  test.each(commands.map((command) => ({ id: command.id, command })))(
    '$id sends its own fields',
    ({ command }) => {
      const values = withQuery(manifest, empty, { command: command.id, parameters: {} });
      const { sections, mistakes } = visibleSections(manifest, values);
      expect(mistakes).toEqual([]);
      expect(Object.keys(toParameters(sections, values))).toEqual(Object.keys(command.fields));
    },
  );

  // Appsmith saves a dropdown at a path that ends in `.data`; queries are kept and sent by the keys of their fields.
  test('a query is written where its form keeps it, plain or as Appsmith saves it, and read back by its keys', () => {
    for (const unit of ['week', { data: 'week', viewType: 'json' }]) {
      const query = {
        command: 'GET_AGGREGATE_EVENT_COUNTS',
        parameters: { unit, response: 'wide', events: '["A"]' },
      };
      const values = withQuery(manifest, empty, query);
      expect(values['actionConfiguration.formData.unit.data']).toBe('week');
      expect(toParameters(visibleSections(manifest, values).sections, values)).toMatchObject({
        unit: 'week',
        response: 'wide',
        events: '["A"]',
      });
    }
  });

  test('a command that no section shows is a mistake', () => {
    const { mistakes } = visibleSections(
      manifest,
      withQuery(manifest, empty, { command: 'GET_NOTHING', parameters: {} }),
    );
    expect(mistakes).toEqual(['The command "GET_NOTHING" has no form.']);
  });
});
