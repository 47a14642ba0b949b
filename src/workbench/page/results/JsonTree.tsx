import { useState } from 'react';
import classes from './JsonTree.module.css';

const CHUNK_SIZE = 100;

/** Renders JSON as a collapsible tree. Long lists are split into chunks; closed branches are not rendered. */
export function JsonTree({ value }: { value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className={classes.tree} tabIndex={0} aria-label="Result as a tree">
      <JsonNode value={value} open />
    </section>
  );
}

interface JsonNodeProps {
  name?: string;
  value: unknown;
  open?: boolean;
}

function JsonNode({ name, value, open = false }: JsonNodeProps) {
  const [isOpen, setOpen] = useState(open);
  if (typeof value !== 'object' || value === null) {
    return (
      <div className={classes.leaf}>
        <Name name={name} />
        <span data-type={value === null ? 'null' : typeof value}>{JSON.stringify(value) ?? 'undefined'}</span>
      </div>
    );
  }
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)} className={classes.branch}>
      <summary>
        <Name name={name} />
        <span className={classes.size}>{sizeLabel(value)}</span>
        {!isOpen && <span className={classes.preview}>{previewText(value)}</span>}
      </summary>
      {isOpen && (
        <div className={classes.children}>
          {childEntries(value).map(([key, child], index) => (
            <JsonNode key={key} name={key} value={child} open={index === 0 && isChunked(value)} />
          ))}
        </div>
      )}
    </details>
  );
}

function Name({ name }: { name?: string }) {
  return name === undefined ? null : <span className={classes.name}>{name}: </span>;
}

function sizeLabel(value: object): string {
  const count = Array.isArray(value) ? value.length : Object.keys(value).length;
  return Array.isArray(value) ? `[ ${count} ]` : `{ ${count} }`;
}

const MAX_PREVIEW_CHARACTERS = 100;

/** Returns the beginning of a closed branch. Long lists have none: their size says more. */
function previewText(value: object): string {
  if (Array.isArray(value) && value.length > CHUNK_SIZE / 10) return '';
  const text = JSON.stringify(value);
  return text.length > MAX_PREVIEW_CHARACTERS ? `${text.slice(0, MAX_PREVIEW_CHARACTERS)}…` : text;
}

/** Returns whether a list is long enough to be split into chunks. */
function isChunked(value: object): value is unknown[] {
  return Array.isArray(value) && value.length > CHUNK_SIZE;
}

function childEntries(value: object): [string, unknown][] {
  if (!isChunked(value)) return Object.entries(value);
  const chunkCount = Math.ceil(value.length / CHUNK_SIZE);
  return Array.from({ length: chunkCount }, (_, chunk) => {
    const from = chunk * CHUNK_SIZE;
    const to = Math.min(from + CHUNK_SIZE, value.length);
    return [`${from} … ${to - 1}`, value.slice(from, to)];
  });
}
