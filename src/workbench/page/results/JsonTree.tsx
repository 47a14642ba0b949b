import { Button, Group, Text, TextInput } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { bindingOf, DEFAULT_QUERY_NAME } from '../result-model/binding.js';
import { findPaths, type Path } from '../result-model/json-search.js';
import { CopyText } from '../ui/CopyText.js';
import classes from './JsonTree.module.css';

const CHUNK_SIZE = 100;
const MAX_MATCHES = 200;
/** More values open at once would stall the page. */
const MAX_EXPANDED = 2_000;

/** How the branches of the tree begin: the first level open, or all of them. */
interface Expansion {
  all: boolean;
  /** Grows with each press of a button, so that branches begin anew. */
  version: number;
}

/** JSON as a collapsible tree, with search. Long lists are split into chunks; closed branches are not rendered. */
export function JsonTree({ value }: { value: unknown }) {
  const [expansion, setExpansion] = useState<Expansion>({ all: false, version: 0 });
  const [search, setSearch] = useState('');
  const deferredSearch = useDeferredValue(search.trim());
  const found = useMemo(
    () => (deferredSearch === '' ? undefined : findPaths(value, deferredSearch, MAX_MATCHES)),
    [value, deferredSearch],
  );
  const size = useMemo(() => countValues(value, MAX_EXPANDED + 1), [value]);
  const text = useMemo(() => JSON.stringify(value, null, 2), [value]);
  const expand = (all: boolean) => setExpansion(({ version }) => ({ all, version: version + 1 }));
  return (
    <div className={classes.view}>
      <div className={classes.tools}>
        <TextInput
          size="xs"
          type="search"
          placeholder="Search names and values"
          aria-label="Search the JSON"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          className={classes.search}
        />
        <Group gap="xs">
          {found && (
            <Text size="xs" c="dimmed" role="status">
              {found.length === MAX_MATCHES ? `The first ${MAX_MATCHES} matches` : `${found.length} matches`}
            </Text>
          )}
          <Button
            size="compact-xs"
            variant="default"
            disabled={size > MAX_EXPANDED}
            title={size > MAX_EXPANDED ? 'Too many values to show at once.' : undefined}
            onClick={() => expand(true)}
          >
            Expand all
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => expand(false)}>
            Collapse
          </Button>
          <CopyText text={text} what="the JSON" />
        </Group>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className={classes.tree} tabIndex={0} aria-label="Result as a tree">
        {found ? (
          found.map((path) => <Match key={JSON.stringify(path)} root={value} path={path} />)
        ) : (
          <JsonNode key={expansion.version} value={value} path={[]} open expandAll={expansion.all} />
        )}
      </section>
    </div>
  );
}

/** One match of a search: where it is, and its value. */
function Match({ root, path }: { root: unknown; path: Path }) {
  const value = path.reduce<unknown>((each, key) => (each as Record<string | number, unknown>)[key], root);
  return (
    <div className={classes.match}>
      <span className={classes.path}>{bindingOf(DEFAULT_QUERY_NAME, path).slice(2, -2)}</span>
      <JsonNode value={value} path={path} expandAll={false} />
    </div>
  );
}

interface JsonNodeProps {
  name?: string;
  value: unknown;
  path: Path;
  /** Index of the first item, if this is a part of a list. */
  offset?: number;
  open?: boolean;
  expandAll: boolean;
}

function JsonNode({ name, value, path, offset, open = false, expandAll }: JsonNodeProps) {
  const [isOpen, setOpen] = useState(open || expandAll);
  if (typeof value !== 'object' || value === null) {
    return (
      <div className={classes.leaf}>
        <Name name={name} />
        <span data-type={value === null ? 'null' : typeof value}>{JSON.stringify(value) ?? 'undefined'}</span>
        <Copies value={value} path={path} />
      </div>
    );
  }
  return (
    <div className={classes.branch}>
      <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <Name name={name} />
          <span className={classes.size}>{sizeLabel(value)}</span>
          {!isOpen && <span className={classes.preview}>{previewText(value)}</span>}
        </summary>
        {isOpen && (
          <div className={classes.children}>
            {childrenOf(value, path, offset).map((child) => (
              <JsonNode key={child.name} {...child} expandAll={expandAll} />
            ))}
          </div>
        )}
      </details>
      {offset === undefined && <Copies value={value} path={path} />}
    </div>
  );
}

/** Buttons that copy a value, and the binding that reads it. */
function Copies({ value, path }: { value: unknown; path: Path }) {
  return (
    <span className={classes.copies}>
      <CopyText
        text={typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')}
        what="the value"
        label="Value"
      />
      <CopyText text={bindingOf(DEFAULT_QUERY_NAME, path)} what="the path" label="Path" />
    </span>
  );
}

function Name({ name }: { name?: string }) {
  return name === undefined ? null : <span className={classes.name}>{name}: </span>;
}

function sizeLabel(value: object): string {
  const count = (Array.isArray(value) ? value : Object.keys(value)).length.toLocaleString('en-US');
  return Array.isArray(value) ? `[ ${count} ]` : `{ ${count} }`;
}

const MAX_PREVIEW_CHARACTERS = 100;

/** Returns the beginning of a closed branch. Long lists have none: their size says more. */
function previewText(value: object): string {
  if (Array.isArray(value) && value.length > CHUNK_SIZE / 10) return '';
  const text = JSON.stringify(value);
  return text.length > MAX_PREVIEW_CHARACTERS ? `${text.slice(0, MAX_PREVIEW_CHARACTERS)}…` : text;
}

/** A long list is shown in parts, of which the first is open. `offset` is where such a part begins. */
function childrenOf(
  value: object,
  path: Path,
  offset: number | undefined,
): Omit<JsonNodeProps, 'expandAll'>[] {
  if (offset === undefined && Array.isArray(value) && value.length > CHUNK_SIZE) {
    return Array.from({ length: Math.ceil(value.length / CHUNK_SIZE) }, (_, chunk) => {
      const from = chunk * CHUNK_SIZE;
      const to = Math.min(from + CHUNK_SIZE, value.length) - 1;
      const name = `${from.toLocaleString('en-US')} … ${to.toLocaleString('en-US')}`;
      return { name, value: value.slice(from, to + 1), path, offset: from, open: chunk === 0 };
    });
  }
  return Object.entries(value).map(([key, child]) => {
    const index = Number(key) + (offset ?? 0);
    return Array.isArray(value)
      ? { name: String(index), value: child, path: [...path, index] }
      : { name: key, value: child, path: [...path, key] };
  });
}

/** Counts values, up to `max`. */
function countValues(value: unknown, max: number): number {
  let count = 0;
  const stack = [value];
  while (stack.length > 0 && count < max) {
    const each = stack.pop();
    count += 1;
    if (typeof each === 'object' && each !== null) for (const child of Object.values(each)) stack.push(child);
  }
  return count;
}
