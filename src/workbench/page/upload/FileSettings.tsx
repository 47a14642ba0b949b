import { Autocomplete, Collapse, NativeSelect, Switch, TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { ColumnType } from '../../../records/column-types.js';
import type { FileCheck, FileOptions } from '../../wire.js';
import { ChevronIcon } from '../ui/icons.js';
import classes from './FileSettings.module.css';

interface FileSettingsProps {
  options: FileOptions;
  /** What the file holds, as it was last read. */
  check: FileCheck | undefined;
  issues: Readonly<Record<string, string>>;
  onChange(options: FileOptions): void;
}

const TARGETS = [
  { name: 'event', label: 'Event name', canBeNone: false, isCommon: true },
  { name: 'distinct_id', label: 'Distinct ID', canBeNone: true, isCommon: true },
  { name: 'time', label: 'Time', canBeNone: true, isCommon: true },
  { name: '$insert_id', label: 'Insert ID', canBeNone: true, isCommon: false },
] as const;

const ENCODINGS = ['utf-8', 'utf-16le', 'windows-1252', 'iso-8859-15', 'shift_jis', 'gb18030'];
const DELIMITERS = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar' },
];
const TYPES: { value: ColumnType; label: string }[] = [
  { value: 'text', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'True or false' },
  { value: 'json', label: 'JSON' },
];
const ZONES = Intl.supportedValuesOf('timeZone');
/** The value of a choice cannot be told from the name of a column otherwise. */
const NONE = '\u0000none';
const AS_NAMED = '\u0000as-named';

/** Says how a file is read and how it is sent. */
export function FileSettings({ options, check, issues, onChange }: FileSettingsProps) {
  const [isMoreOpen, setMoreOpen] = useState(false);
  const set = (change: FileOptions) => onChange({ ...options, ...change });
  const columns = check?.columns ?? [];
  const isTable = check?.format !== 'json';
  const names = [...new Set([...columns.map(({ name }) => name), ...Object.values(options.map ?? {})])];

  function setMap(target: string, value: string) {
    const { [target]: _, ...map } = options.map ?? {};
    if (value !== AS_NAMED) map[target] = value === NONE ? '' : value;
    set({ map });
  }

  function setType(column: string, value: string) {
    const { [column]: _, ...types } = options.types ?? {};
    if (value !== '') types[column] = value as ColumnType;
    set({ types });
  }

  const mapping = ({ name, label, canBeNone }: (typeof TARGETS)[number]) => (
    <NativeSelect
      key={name}
      label={label}
      value={toChoice(options.map?.[name])}
      onChange={(event) => setMap(name, event.currentTarget.value)}
      data={[
        { value: AS_NAMED, label: name },
        ...names.filter((each) => each !== name && each !== '').map((each) => ({ value: each, label: each })),
        ...(canBeNone ? [{ value: NONE, label: 'None' }] : []),
      ]}
    />
  );

  return (
    <div className={classes.settings}>
      <div className={classes.grid}>
        {TARGETS.filter(({ isCommon }) => isCommon).map(mapping)}
        <Autocomplete
          label="Time zone"
          placeholder="UTC"
          data={ZONES}
          limit={50}
          value={options.timezone ?? ''}
          error={issues.timezone}
          onChange={(timezone) => set({ timezone })}
        />
        {options.import ? (
          <TextInput
            label="Project ID"
            inputMode="numeric"
            value={options.projectId ?? ''}
            error={issues.projectId}
            onChange={(event) => set({ projectId: event.currentTarget.value })}
          />
        ) : (
          <TextInput
            label="Project token"
            value={options.token ?? ''}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => set({ token: event.currentTarget.value })}
          />
        )}
        <Switch
          className={classes.switch}
          label="Import"
          description="Takes events older than five days. Needs a service account that is Owner or Admin."
          checked={options.import ?? false}
          onChange={(event) => set({ import: event.currentTarget.checked })}
        />
      </div>
      <div>
        <UnstyledButton
          className={classes.toggle}
          aria-expanded={isMoreOpen}
          onClick={() => setMoreOpen(!isMoreOpen)}
        >
          <ChevronIcon /> {describeMore(options, columns.length)}
        </UnstyledButton>
        <Collapse expanded={isMoreOpen}>
          <div className={classes.grid}>
            <TextInput
              label="Date format"
              description="Such as MM/dd/yyyy H:mm"
              placeholder="Epoch, ISO or SQL"
              value={options.dateFormat ?? ''}
              error={issues.dateFormat}
              spellCheck={false}
              onChange={(event) => set({ dateFormat: event.currentTarget.value })}
            />
            {TARGETS.filter(({ isCommon }) => !isCommon).map(mapping)}
            <NativeSelect
              label="Encoding"
              value={options.encoding ?? ''}
              error={issues.encoding}
              onChange={(event) => set({ encoding: event.currentTarget.value })}
              data={[{ value: '', label: 'Detected' }, ...ENCODINGS]}
            />
            {isTable && (
              <NativeSelect
                label="Delimiter"
                value={options.delimiter ?? ''}
                // Other cells mean other columns.
                onChange={(event) => set({ delimiter: event.currentTarget.value, map: {}, types: {} })}
                data={[{ value: '', label: 'Detected' }, ...DELIMITERS]}
              />
            )}
          </div>
          {isTable && columns.length > 0 && (
            <fieldset className={classes.types}>
              <legend>Types of the columns</legend>
              <div className={classes.grid}>
                {columns.map(({ name, type }) => (
                  <NativeSelect
                    key={name}
                    size="xs"
                    label={name}
                    value={options.types?.[name] ?? ''}
                    onChange={(event) => setType(name, event.currentTarget.value)}
                    data={[
                      {
                        value: '',
                        label: options.types?.[name] ? 'As found' : `As found: ${typeLabel(type)}`,
                      },
                      ...TYPES,
                    ]}
                  />
                ))}
              </div>
            </fieldset>
          )}
        </Collapse>
      </div>
    </div>
  );
}

/** Returns what is behind the fold, and which of it is set. */
function describeMore(
  { dateFormat, encoding, delimiter, types = {}, map = {} }: FileOptions,
  columns: number,
) {
  const set = [
    ...(dateFormat ? [`dates as ${dateFormat}`] : []),
    ...(map.$insert_id === undefined ? [] : ['Insert ID']),
    ...(encoding ? [encoding] : []),
    ...(delimiter ? ['delimiter'] : []),
    ...(Object.keys(types).length > 0 ? ['types'] : []),
  ];
  if (set.length > 0) return `More: ${set.join(', ')} set`;
  return `More: date format, encoding${columns > 0 ? ', types of the columns' : ''}`;
}

function toChoice(source: string | undefined): string {
  if (source === undefined) return AS_NAMED;
  return source === '' ? NONE : source;
}

function typeLabel(type: ColumnType | undefined): string {
  return TYPES.find(({ value }) => value === type)?.label ?? 'Text';
}
