import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../src/command/definition.js';
import { type Fields, formFields } from '../../../../src/command/field.js';
import { choice } from '../../../../src/commands/fields/shared-fields.js';
import { commands } from '../../../../src/commands/index.js';
import { requestGroups } from '../../../../src/commands/requests/index.js';
import { buildManifest, manifestSchema } from '../../../../src/hosts/appsmith/manifest/index.js';
import { readParameters } from '../../../commands/command-fixture.js';

const manifest = buildManifest(commands);
const controls = manifest.actionUiConfig.editor.flatMap(({ children }) =>
  children.flatMap((zone) => zone.children),
);

const choiceField = (values: [string, ...string[]], sharedKey?: string) =>
  choice(values, {
    label: 'Type',
    help: 'A type.',
    default: values[0],
    choices: values.map((value) => ({ label: value, value })),
    sharedKey,
  });
const command = (fields: Fields, id: string): Command => ({ ...commands[0]!, id, label: id, fields });
const problemsOf = (document: unknown) =>
  manifestSchema.safeParse(document).error?.issues.map(({ message }) => message) ?? [];

describe('plugin.json', () => {
  it('is what the registry gives', async () => {
    expect(JSON.parse(await readFile('plugin.json', 'utf8'))).toEqual(manifest);
  });

  it('is accepted by what Appsmith reads, unknown properties refused', () => {
    expect(manifestSchema.safeParse(manifest).error).toBeUndefined();
    expect(manifestSchema.safeParse({ ...manifest, documentationLnk: 'x' }).success).toBe(false);
  });

  it('fails its check when two controls share their state', () => {
    const twice = {
      ...manifest,
      actionUiConfig: {
        ...manifest.actionUiConfig,
        editor: [...manifest.actionUiConfig.editor, manifest.actionUiConfig.editor[1]],
      },
    };
    expect(manifestSchema.safeParse(twice).error?.issues[0]?.message).toMatch(
      /two nodes have the state key GET_PROJECTS/,
    );
  });

  // Appsmith CE, formControls/utils.ts `getViewType`: only a path that ends in `.data` can be switched to JavaScript;
  // SaasPlugin.java casts `formData.command` to a String.
  it('lets every choice be bound but the command, which is plain', () => {
    const choices = controls.filter(({ controlType }) => controlType === 'DROP_DOWN');
    const [command, ...others] = choices;
    expect(command).toMatchObject({ configProperty: 'actionConfiguration.formData.command' });
    expect(command).not.toHaveProperty('alternateViewTypes');
    expect(others.length).toBeGreaterThan(20);
    for (const each of others) {
      expect(each.configProperty).toMatch(/^actionConfiguration\.formData\.\w+\.data$/);
      expect(each).toMatchObject({ alternateViewTypes: ['json'] });
    }
    const rest = controls.filter(({ controlType }) => controlType !== 'DROP_DOWN');
    expect(rest.filter(({ configProperty }) => configProperty.endsWith('.data'))).toEqual([]);
  });

  it('fails its check when one path has two lists of choices, or a choice cannot be bound', () => {
    const [one, two] = [
      command({ type: choiceField(['a', 'b']) }, 'ONE'),
      command({ type: choiceField(['a', 'c']) }, 'TWO'),
    ];
    expect(problemsOf(buildManifest([one, two]))).toEqual([
      expect.stringContaining('formData.type.data has two lists of choices'),
    ]);
    expect(
      problemsOf(buildManifest([one, command({ type: choiceField(['a', 'c'], 'kind') }, 'TWO')])),
    ).toEqual([]);
    const text = JSON.stringify(buildManifest([one, one && { ...one, id: 'TWO' }]));
    expect(problemsOf(JSON.parse(text.replaceAll('type.data', 'type')))).toContain(
      'actionConfiguration.formData.type cannot be bound: end it in .data',
    );
  });

  it('shows the fourteen commands in order, each only when it is chosen', () => {
    const [selector, ...sections] = manifest.actionUiConfig.editor;
    expect(sections.map(({ identifier }) => identifier)).toEqual(commands.map(({ id }) => id));
    expect(sections).toHaveLength(14);
    expect(selector?.children[0]?.children[0]).toMatchObject({
      configProperty: 'actionConfiguration.formData.command',
    });
    for (const { identifier, conditionals } of sections) {
      expect(conditionals?.show).toBe(`{{actionConfiguration.formData.command === '${identifier}'}}`);
    }
  });

  it('never lets one command’s default overwrite another’s', () => {
    const limits = controls.filter(({ configProperty }) => configProperty.endsWith('.limit'));
    expect(limits).toHaveLength(6);
    expect(limits.every(({ initialValue }) => initialValue === '')).toBe(true);
    expect(limits.map(({ placeholderText }) => placeholderText)).toEqual([
      '5000',
      '100',
      '255',
      '10',
      '255',
      '100',
    ]);
    for (const property of new Set(controls.map(({ configProperty }) => configProperty))) {
      const initial = controls
        .filter((each) => each.configProperty === property)
        .map((each) => each.initialValue);
      expect(new Set(initial).size, property).toBe(1);
    }
  });

  // Appsmith CE, FormTemplateControl.tsx: a button writes every path of its value into the form; FormConfig.tsx: label,
  // subtitle and link are always drawn.
  it('begins every form with its cost, a link and its examples', () => {
    for (const each of commands) {
      const section = manifest.actionUiConfig.editor.find(({ identifier }) => identifier === each.id);
      expect(section?.children[0]?.children[0]).toMatchObject({
        controlType: 'FORM_TEMPLATE',
        label: each.label,
        subtitle: each.cost,
        url: each.documentation,
        urlText: "Mixpanel's documentation",
        configProperty: '',
        propertyName: `${each.id}_examples`,
      });
    }
  });

  it.each(commands.map((each) => [each.id, each] as const))(
    'gives %s examples that fill in its own fields, and that its executor takes',
    (id, each) => {
      const section = manifest.actionUiConfig.editor.find(({ identifier }) => identifier === id);
      const own = (section?.children ?? []).flatMap(({ children }) => children);
      const options = own.flatMap((control) =>
        control.controlType === 'FORM_TEMPLATE' ? control.options : [],
      );
      const hasExample = !['GET_PROJECTS', 'LIST_SAVED_COHORTS'].includes(id);
      expect(options.length > 0).toBe(hasExample);
      const written = options.map(({ value }) => Object.keys(value).join());
      // Whichever was pressed before, each gives the same form.
      expect(new Set(written).size).toBeLessThan(2);
      for (const { value } of options) {
        const parameters = Object.fromEntries(
          Object.entries(value).map(([path, text]) => {
            const control = own.find(({ configProperty }) => configProperty === path);
            return [control?.field?.key ?? 'unknown', text];
          }),
        );
        expect(Object.keys(each.fields)).toEqual(expect.arrayContaining(Object.keys(parameters)));
        expect(() => readParameters(id, parameters)).not.toThrow();
      }
    },
  );

  // Appsmith CE, FormTemplateControl.tsx: the buttons of a control stand in one row that does not wrap.
  it('offers every request of Custom Action as a template, in rows of at most eight', () => {
    const section = manifest.actionUiConfig.editor.find(({ identifier }) => identifier === 'CUSTOM_ACTION');
    const groups = (section?.children ?? [])
      .flatMap(({ children }) => children)
      .flatMap((control) =>
        control.controlType === 'FORM_TEMPLATE' && control.options.length > 0 ? [control] : [],
      );
    expect(groups.map(({ label }) => label)).toEqual(requestGroups.map(({ label }) => label));
    expect(groups.map(({ options }) => options.map(({ label }) => label))).toEqual(
      requestGroups.map(({ requests }) => requests.map(({ label }) => label)),
    );
    for (const { options } of groups) expect(options.length).toBeLessThanOrEqual(8);
  });

  it('shows the shape of the answer and its cache last, under a heading', () => {
    for (const { identifier, children } of manifest.actionUiConfig.editor.slice(1)) {
      const own = children.flatMap((zone) => zone.children);
      const heading = own.findIndex(({ label }) => label === 'Advanced');
      expect(own[heading]).toMatchObject({ controlType: 'FORM_TEMPLATE', options: [] });
      expect(own.slice(1, heading).map(({ field }) => field?.key)).not.toContain('response');
      for (const { field } of own.slice(heading + 1))
        expect(['format', 'response', 'cacheSeconds'], identifier).toContain(field?.key);
    }
  });

  it('shows without a tooltip in which time zone days are, and what an empty limit means', () => {
    const dates = controls.filter(({ field }) => field?.kind === 'date');
    expect(dates).toHaveLength(8);
    for (const { subtitle } of dates) expect(subtitle).toMatch(/time zone/);
    const limits = controls.filter(({ field }) => field?.key === 'limit');
    expect(limits.map(({ subtitle }) => subtitle)).toEqual([
      'Default: 5000',
      'Default: 100',
      'Default: 255',
      'Default: 10',
      'Default: 255',
      'Default: no limit',
    ]);
  });

  it('asks with no star for a project, which the datasource may fill in', () => {
    const projects = controls.filter(({ field }) => field?.key === 'projectId');
    expect(projects).toHaveLength(11);
    expect(projects.filter(({ isRequired }) => isRequired)).toEqual([]);
  });

  it('shows no number as the cache time of an empty field, since each command has its own', () => {
    const times = controls.filter(({ configProperty }) => configProperty.endsWith('.cacheSeconds'));
    expect(times.length).toBeGreaterThan(0);
    expect(new Set(times.map(({ placeholderText }) => placeholderText))).toEqual(new Set(['Automatic']));
  });

  it('offers to write a cohort and properties into the form data of profiles', () => {
    const insertions = controls.flatMap(({ field }) =>
      (field?.inserts ?? []).map(({ label, lookup, path }) => [field?.key, label, lookup, path.join('.')]),
    );
    expect(insertions).toEqual([
      ['formData', 'Filter by cohort', 'cohorts', 'filter_by_cohort.id'],
      ['formData', 'Output properties', 'profileProperties', 'output_properties'],
      ['formData', 'Sort by', 'profileProperties', 'sort_key'],
    ]);
  });

  it('keeps the password where Appsmith encrypts it, and nowhere else', () => {
    const fields = manifest.datasourceUiConfig.form.flatMap(({ children }) => children);
    const secret = fields.filter((each) => 'dataType' in each && each.dataType === 'PASSWORD');
    expect(secret.map(({ configProperty }) => configProperty)).toEqual([
      'datasourceConfiguration.authentication.password',
    ]);
  });

  it('gives every query a minute', () => {
    const setting = manifest.actionUiConfig.setting[0]?.children.find(({ configProperty }) =>
      configProperty.endsWith('timeoutInMillisecond'),
    );
    expect(setting?.initialValue).toBe(60_000);
  });
});

describe('the forms follow the reference', () => {
  const REFERENCE: Record<string, string[]> = {
    GET_PROJECTS: [],
    GET_AGGREGATE_EVENT_COUNTS: [
      'Project ID*',
      'Workspace ID',
      'Event(s) (JSON array)*',
      'Type*',
      'Unit*',
      'From Date*',
      'To Date*',
      'Format*',
    ],
    GET_AGGREGATED_EVENT_PROPERTY_VALUES: [
      'Project ID*',
      'Workspace ID',
      'Event*',
      'Property Name*',
      'Type*',
      'Unit*',
      'From Date*',
      'To Date*',
      'Format*',
    ],
    GET_TODAYS_TOP_EVENTS: ['Project ID*', 'Workspace ID', 'Type*', 'Limit', 'Format*'],
    GET_TOP_EVENTS: ['Project ID*', 'Workspace ID', 'Type*', 'Limit', 'Format*'],
    GET_TOP_EVENT_PROPERTIES: ['Project ID*', 'Workspace ID', 'Event*', 'Limit', 'Format*'],
    GET_TOP_EVENT_PROPERTY_VALUES: [
      'Project ID*',
      'Workspace ID',
      'Event*',
      'Property Name*',
      'Limit',
      'Format*',
    ],
    DOWNLOAD_DATA: [
      'Project ID*',
      'From Date*',
      'To Date*',
      'Event(s) (JSON array)',
      'Where (Filter Expression)',
      'Limit',
    ],
    QUERY_INSIGHTS_REPORT: ['Project ID*', 'Workspace ID', 'Bookmark ID*'],
    QUERY_PROFILES: ['Project ID*', 'Workspace ID', 'Form Data (JSON object)'],
    GET_PROFILE_EVENT_ACTIVITY: [
      'Project ID*',
      'Workspace ID',
      'Distinct IDs (JSON array)*',
      'From Date*',
      'To Date*',
    ],
    TRACK_EVENTS: ['Events (Array of Objects)*'],
    LIST_SAVED_COHORTS: ['Project ID', 'Workspace ID'],
    CUSTOM_ACTION: ['Method*', 'Endpoint (with query parameters)*', 'Headers (JSON object)', 'Body'],
  };
  const OURS = new Set(['response', 'cacheSeconds', 'pages', 'dedupe', 'totals', 'timezone']);

  it.each(commands.map((command) => [command.id, command] as const))('%s', (id, command) => {
    const labels = formFields(command)
      .filter(
        ({ key }) => !OURS.has(key) && !(key === 'limit' && id === 'GET_AGGREGATED_EVENT_PROPERTY_VALUES'),
      )
      .map(({ label, required }) => `${label}${required ? '*' : ''}`);
    expect(labels).toEqual(REFERENCE[id]);
  });
});
