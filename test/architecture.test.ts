import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** The rooms from top to bottom. Those on one line do not know each other. */
const LAYERS = [
  ['index.ts'],
  ['cli'],
  ['server'],
  ['workbench', 'sandbox'],
  ['hosts'],
  ['plugin.ts'],
  ['upload'],
  ['commands'],
  ['query'],
  ['transfer'],
  ['command'],
  ['result'],
  ['cache'],
  ['rate-limit'],
  ['mixpanel', 'records'],
  ['json', 'time'],
  ['redis'],
  ['errors.ts'],
];

/** Imports that point up. A new one needs a reason as good as these. */
const EXCEPTIONS = [
  // The plugin hands out its manifest for Appsmith, which is built from the same commands.
  'plugin.ts -> hosts/appsmith/manifest/index.ts',
  // Results answer to Appsmith's names too, until 1.0 (docs/decisions/0003-typed-result.md).
  'plugin.ts -> hosts/appsmith/named-results.ts',
];

const LAYER_OF = new Map(LAYERS.flatMap((rooms, layer) => rooms.map((room) => [room, layer] as const)));

interface Import {
  from: string;
  to: string;
}

const IMPORTS = readImports();

test('every file of src is in a room that has its layer', () => {
  expect([...new Set(IMPORTS.flatMap(({ from, to }) => [roomOf(from), roomOf(to)]))].sort()).toEqual(
    [...LAYER_OF.keys()].sort(),
  );
});

test('imports between rooms point down, but for the exceptions', () => {
  const upward = IMPORTS.filter(({ from, to }) => {
    const [room, target] = [roomOf(from), roomOf(to)];
    return room !== target && LAYER_OF.get(target)! <= LAYER_OF.get(room)!;
  });
  expect(upward.map(({ from, to }) => `${from} -> ${to}`)).toEqual(EXCEPTIONS);
});

test('folders do not import each other in a circle', () => {
  expect(findCycle(folderGraph())).toEqual([]);
});

test('a circle of folders is found', () => {
  const graph = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['c'])],
    ['c', new Set(['b'])],
  ]);
  expect(findCycle(graph)).toEqual(['b', 'c', 'b']);
});

/** Reads which file of src imports which, types included. */
function readImports(): Import[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .flatMap((file) => {
      const source = readFileSync(join(SRC, file), 'utf8');
      return [...source.matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g)].map(([, specifier]) => ({
        from: file.split(sep).join('/'),
        to: relative(SRC, join(SRC, dirname(file), specifier!))
          .split(sep)
          .join('/')
          .replace(/\.js$/, '.ts'),
      }));
    })
    .filter(({ to }) => !to.startsWith('..') && !/\.(css|svg|json)(\?\w+)?$/.test(to));
}

function roomOf(file: string): string {
  return file.split('/')[0]!;
}

/**
 * Returns which folder imports from which. What lies beside a room's folders composes them (its index, or the
 * page's root) or is what they share, so a folder and the one above it are not compared.
 */
function folderGraph(): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of IMPORTS) {
    const [folder, target] = [dirname(from), dirname(to)];
    if (folder === target || isWithin(folder, target) || isWithin(target, folder)) continue;
    graph.set(folder, (graph.get(folder) ?? new Set()).add(target));
  }
  return graph;
}

function isWithin(folder: string, parent: string): boolean {
  return parent === '.' || folder.startsWith(`${parent}/`);
}

/** Returns the folders of one circle, the first again at the end, or nothing. */
function findCycle(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const visit = (folder: string, path: string[]): string[] => {
    const start = path.indexOf(folder);
    if (start >= 0) return [...path.slice(start), folder];
    if (done.has(folder)) return [];
    for (const target of graph.get(folder) ?? []) {
      const cycle = visit(target, [...path, folder]);
      if (cycle.length > 0) return cycle;
    }
    done.add(folder);
    return [];
  };
  for (const folder of graph.keys()) {
    const cycle = visit(folder, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
