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

  test('a command that no section shows is a mistake', () => {
    const { mistakes } = visibleSections(
      manifest,
      withQuery(manifest, empty, { command: 'GET_NOTHING', parameters: {} }),
    );
    expect(mistakes).toEqual(['No form is shown for the command "GET_NOTHING".']);
  });
});
