import { describe, expect, test } from 'vitest';
import { commands } from '../../../../src/commands/index.js';
import { buildManifest } from '../../../../src/hosts/appsmith/manifest/index.js';
import {
  type FormItem,
  isFolded,
  layOut,
  summarize,
} from '../../../../src/workbench/page/form-model/form-layout.js';
import {
  editorControls,
  initialValues,
  visibleSections,
  withQuery,
} from '../../../../src/workbench/page/form-model/form-values.js';

const manifest = buildManifest(commands);
const empty = initialValues(editorControls(manifest));

function sectionOf(command: string) {
  return manifest.actionUiConfig.editor.find(({ identifier }) => identifier === command)!;
}

const keysOf = (items: readonly FormItem[]) =>
  items.flatMap((item) =>
    item.type === 'range' ? [`${item.from.field?.key}–${item.to.field?.key}`] : [item.control.field?.key],
  );

const withDefault = { hasDefaultProject: true };

describe('the layout of a form', () => {
  test('puts everyday fields first and folds the rest', () => {
    const { everyday, advanced } = layOut(sectionOf('GET_AGGREGATE_EVENT_COUNTS'), withDefault);
    expect(keysOf(everyday)).toEqual(['events', 'type', 'unit', 'fromDate–toDate']);
    expect(keysOf(advanced)).toEqual(['projectId', 'workspaceId', 'format', 'response', 'cacheSeconds']);
  });

  test('asks for the project if the datasource does not name one', () => {
    const { everyday } = layOut(sectionOf('GET_AGGREGATE_EVENT_COUNTS'), { hasDefaultProject: false });
    expect(keysOf(everyday)[0]).toBe('projectId');
  });

  test('keeps a project in sight when there is nothing else to ask', () => {
    const { everyday } = layOut(sectionOf('LIST_SAVED_COHORTS'), withDefault);
    expect(keysOf(everyday)).toEqual(['projectId']);
  });

  test.each(commands.map((command) => ({ id: command.id, command })))(
    '$id shows each field once, and never tears dates apart',
    ({ id, command }) => {
      const { everyday, advanced, introduction } = layOut(sectionOf(id), withDefault);
      const shown = keysOf([...everyday, ...advanced]).flatMap((key) => key!.split('–'));
      expect(shown.sort()).toEqual(Object.keys(command.fields).sort());
      expect(keysOf(everyday).includes('fromDate–toDate')).toBe('fromDate' in command.fields);
      expect(introduction?.subtitle).toBe(command.cost);
    },
  );

  test('says in one line what is folded', () => {
    const { advanced } = layOut(sectionOf('GET_AGGREGATE_EVENT_COUNTS'), withDefault);
    expect(summarize(advanced, empty)).toBe('JSON, rows, cache automatic');
    const values = withQuery(manifest, empty, {
      command: 'GET_AGGREGATE_EVENT_COUNTS',
      parameters: { projectId: '1234567', format: 'csv', response: 'wide', cacheSeconds: '60' },
    });
    expect(summarize(advanced, values)).toBe('Project 1234567, CSV, wide, cache 60');
  });

  test('knows which fields have to be unfolded before they can be shown', () => {
    const values = withQuery(manifest, empty, { command: 'GET_AGGREGATE_EVENT_COUNTS', parameters: {} });
    const { sections } = visibleSections(manifest, values);
    const control = (key: string) =>
      editorControls(manifest).find(
        ({ propertyName, field }) =>
          field?.key === key && propertyName?.startsWith('GET_AGGREGATE_EVENT_COUNTS'),
      )!;
    expect(isFolded(sections, control('cacheSeconds'), withDefault)).toBe(true);
    expect(isFolded(sections, control('fromDate'), withDefault)).toBe(false);
    expect(isFolded(sections, control('events'), withDefault)).toBe(false);
  });
});
