import { readFile } from 'node:fs/promises';
import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import { describe, expect, test } from 'vitest';
import { datasourceForm } from '../../src/command/datasource.js';
import { formFields, sharedKeyOf } from '../../src/command/field.js';
import { event } from '../../src/commands/fields/shared-fields.js';
import { commands } from '../../src/commands/index.js';
import { buildBudibaseSchema } from '../../src/hosts/budibase/schema.js';
import { formFiles, hosts } from '../../src/hosts/hosts.js';
import { buildN8nCredentialForm, buildN8nNodeForm } from '../../src/hosts/n8n/properties.js';
import { buildToolJetManifest } from '../../src/hosts/tooljet/manifest.js';
import { buildToolJetOperations, type OperationForm } from '../../src/hosts/tooljet/operations.js';

const everyField = commands.flatMap((command) =>
  formFields(command).map((field) => [command.id, field.key, { command, field }] as const),
);
const keysOf = (fields: readonly { key: string }[]) => fields.map(({ key }) => key);

describe('the registry', () => {
  test.each(hosts.flatMap((host) => Object.entries(formFiles(host))))(
    'gives the committed form %s',
    async (path, text) => {
      expect(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text);
    },
  );

  test.each(hosts.map((host) => [host.name, host] as const))(
    'takes a fifteenth command into the forms of %s without another line',
    (_, { buildForms }) => {
      const [one] = commands;
      const added = { ...one!, id: 'GET_FUNNELS', label: 'Get Funnels', fields: { funnel: event() } };
      const before = JSON.stringify(buildForms(commands));
      const after = JSON.stringify(buildForms([...commands, added]));
      for (const words of ['GET_FUNNELS', 'Get Funnels', '"funnel"']) {
        expect(before).not.toContain(words);
        expect(after).toContain(words);
      }
    },
  );
});

describe('the form of ToolJet', () => {
  const { properties, defaults } = buildToolJetOperations(commands);
  const formOf = (id: string) => properties[id] as OperationForm;

  test('offers every command in the order of the registry', () => {
    expect(properties.operation.list).toEqual(commands.map(({ id, label }) => ({ name: label, value: id })));
    expect(Object.keys(properties)).toEqual(['operation', ...commands.map(({ id }) => id)]);
  });

  test.each(everyField)('%s has the field %s with its words and choices', (id, _, { field }) => {
    // One value per key serves every operation.
    const sharedKey = sharedKeyOf(field);
    const control = formOf(id)[sharedKey]!;
    expect(control).toMatchObject({ key: sharedKey, label: field.label, description: field.help });
    const type = field.choices ? 'dropdown' : field.lookup ? 'dynamic-selector' : 'codehinter';
    expect(control.type).toBe(type);
    if (control.type === 'dropdown')
      expect(control.list.map(({ value }) => value)).toEqual(field.choices?.map(({ value }) => value));
    else expect(control.placeholder).toBe(field.placeholder ?? '');
  });

  test('fills in the defaults that all commands share, and no other', () => {
    expect(defaults).toMatchObject({
      operation: commands[0]!.id,
      response: 'rows',
      type: 'general',
      unit: 'day',
    });
    expect(defaults).not.toHaveProperty('limit');
  });

  test('never gives one key two lists of choices, since a value is kept by its key alone', () => {
    const lists = new Map<string, Set<string>>();
    for (const { id } of commands)
      for (const control of Object.values(formOf(id))) {
        if (control.type !== 'dropdown') continue;
        const values = lists.get(control.key) ?? new Set<string>();
        lists.set(control.key, values.add(JSON.stringify(control.list.map(({ value }) => value))));
      }
    expect([...lists].filter(([, { size }]) => size > 1)).toEqual([]);
  });

  test('lets a list wait for what it depends on: an event belongs to a project, a property to an event', () => {
    const dependencies = commands.flatMap(({ id }) =>
      Object.values(formOf(id)).flatMap((control) =>
        control.type === 'dynamic-selector'
          ? [`${control.operation.invokeMethod}: ${(control.dependsOn ?? []).join(', ')}`]
          : [],
      ),
    );
    expect([...new Set(dependencies)].sort()).toEqual([
      'cohorts: projectId',
      'events: projectId',
      'profileProperties: projectId',
      'projects: ',
      'properties: projectId, event',
      'reports: projectId',
      'workspaces: projectId',
    ]);
  });

  test('encrypts the password and nothing else of the datasource', () => {
    const { source, properties: fields, required } = buildToolJetManifest();
    expect(Object.keys(fields)).toEqual(keysOf(datasourceForm()));
    expect(Object.entries(source.options).filter(([, { encrypted }]) => encrypted)).toEqual([
      ['password', { type: 'string', encrypted: true }],
    ]);
    expect(fields.password?.type).toBe('password');
    expect(fields.region?.list?.map(({ value }) => value)).toEqual(['US', 'EU', 'IN']);
    expect(required).toEqual(['username', 'password', 'region']);
  });
});

describe('the schema of Budibase', () => {
  const { schema } = buildBudibaseSchema(commands);

  test('has a verb for every command', () => {
    expect(Object.entries(schema.query).map(([verb, { displayName }]) => [verb, displayName])).toEqual(
      commands.map(({ id, label }) => [id, label]),
    );
  });

  test.each(everyField)(
    '%s has %s as a field with its words, or as a list of its choices',
    (id, key, { field }) => {
      const own = schema.query[id]!.fields[key];
      if (field.choices) {
        expect(own).toBeUndefined();
        expect(schema.extra[key]).toMatchObject({
          type: 'list',
          displayName: field.label,
          data: { [id]: field.choices.map(({ value }) => value) },
        });
      } else expect(own?.display).toBe(`${field.label}: ${field.help}`);
    },
  );

  test('does not demand a project, which the datasource may know', () => {
    const demanded = Object.values(schema.query).flatMap(({ fields }) =>
      Object.entries(fields).flatMap(([key, { required }]) => (required ? [key] : [])),
    );
    expect(demanded).toContain('event');
    expect(demanded).not.toContain('projectId');
  });

  test('hides the password and names the regions', () => {
    expect(schema.datasource.password?.type).toBe('password');
    expect(schema.datasource.region).toMatchObject({
      default: 'US',
      display: expect.stringContaining('US, EU, IN'),
    });
  });
});

describe('the form of n8n', () => {
  const { properties } = buildN8nNodeForm(commands);
  const [operation] = properties;
  const shownWith = (id: string) =>
    properties.filter(({ displayOptions }) => displayOptions?.show?.operation?.includes(id));
  const propertyOf = (id: string, key: string) =>
    [...shownWith(id), ...(shownWith(id).find(({ type }) => type === 'collection')?.options ?? [])].find(
      ({ name }) => name === key,
    ) as INodeProperties | undefined;
  const valuesOf = ({ options = [] }: INodeProperties) =>
    options.map((each: INodePropertyOptions | INodeProperties | INodePropertyCollection) =>
      'value' in each ? each.value : each.name,
    );

  test('offers every command as an operation', () => {
    expect(operation?.options?.map(({ name }) => name)).toEqual(commands.map(({ label }) => label));
    expect(valuesOf(operation!)).toEqual(commands.map(({ id }) => id));
  });

  test.each(everyField)('%s has the field %s with its words and choices', (id, key, { field }) => {
    const property = propertyOf(id, key)!;
    expect(property).toMatchObject({ displayName: field.label, name: key, description: field.help });
    if (field.choices) expect(valuesOf(property)).toEqual(field.choices.map(({ value }) => value));
    else if (field.lookup) expect(['resourceLocator', 'multiOptions']).toContain(property.type);
  });

  test.each(commands.map((command) => [command.id, command] as const))(
    '%s shows what is required, and keeps the rest among its options',
    (id, command) => {
      const shown = shownWith(id).filter(({ type }) => type !== 'collection');
      const needed = formFields(command).filter(({ key, required }) => required || key === 'projectId');
      expect(shown.map(({ name }) => name)).toEqual(keysOf(needed));
      expect(shown.find(({ name }) => name === 'projectId')?.required).toBeUndefined();
    },
  );

  test('gives its own options names that no field has', () => {
    const fields = new Set(everyField.map(([, key]) => key));
    const own = commands.flatMap(({ id }) =>
      (shownWith(id).find(({ type }) => type === 'collection')?.options ?? []).map(({ name }) => name),
    );
    expect([...new Set(own)].filter((name) => !fields.has(name)).sort()).toEqual([
      'formData_filter_by_cohort_id',
      'formData_output_properties',
      'formData_sort_key',
      'maxItems',
      'timeoutSeconds',
    ]);
  });

  test('caps the items of what comes without end, and of nothing else', () => {
    const capped = commands.filter(({ id }) => propertyOf(id, 'maxItems')).map(({ id }) => id);
    expect(capped).toEqual(['DOWNLOAD_DATA', 'QUERY_PROFILES']);
  });

  test('has the datasource as a credential, its password hidden', () => {
    const form = buildN8nCredentialForm();
    expect(form.map(({ name }) => name)).toEqual(keysOf(datasourceForm()));
    expect(form.filter(({ typeOptions }) => typeOptions?.password).map(({ name }) => name)).toEqual([
      'password',
    ]);
  });
});
