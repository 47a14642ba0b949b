// Builds what ToolJet, Budibase and n8n install, each with nothing left to install: npm run build:hosts [-- --out <folder>]
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { create } from 'tar';
import { loadSource } from './load-source.js';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Leaves out zod's messages in fifty other languages, a third of a bundle that ToolJet reads for every query. */
const ENGLISH_ONLY = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** Stands in a bundle where its own hash will. */
const BUILD_ID_PLACE = '@build-id@';
/** Packages in CommonJS call `require`, which a module does not have. */
const REQUIRE_IN_MODULE =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire('file:///');";

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist/hosts' } } });
const { version, license } = JSON.parse(await readText('package.json'));
const licenseText = await readText('LICENSE');
const { hosts, formFiles } = await loadSource('src/hosts/hosts.ts');

for (const host of hosts) {
  // The bundles carry the committed forms, which must be those of the registry.
  for (const [path, text] of Object.entries(formFiles(host))) {
    if ((await readText(path).catch(() => '')) !== text)
      throw new Error(`${path} is not what the registry gives; run "npm run generate".`);
  }
  const files = await host.buildPackage({
    version,
    license,
    licenseText,
    readForm: (file) => readText(join('src/hosts', host.name, file)),
    bundle: (entry, options) => bundle(join('src/hosts', host.name, entry), options),
    tarball,
  });
  const folder = resolve(root, values.out, host.name);
  await rm(folder, { recursive: true, force: true });
  await writeFiles(folder, files);
}

/** Names in the bundle stay as they are: hosts look at those of classes. */
async function bundle(entry, { format, footer = '' }) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format,
    // The modules of a package first: in its UMD form a bundler does not see what it requires.
    mainFields: ['module', 'main'],
    // The first is what n8n brings; the second is loaded only for a shared Redis, which no host's form has.
    external: ['n8n-workflow', 'ioredis'],
    define: { BUILD_ID: JSON.stringify(BUILD_ID_PLACE) },
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'eof',
    plugins: [ENGLISH_ONLY],
    banner: format === 'esm' ? { js: REQUIRE_IN_MODULE } : {},
    footer: { js: footer },
    logLevel: 'warning',
  });
  const [{ text }] = result.outputFiles;
  const [missing] = /\brequire\d*\(["']\.{1,2}\/[^"']*["']\)/.exec(text) ?? [];
  if (missing) throw new Error(`${entry}: the bundle leaves out what ${missing} asks for.`);
  return text.replaceAll(BUILD_ID_PLACE, createHash('sha1').update(text).digest('hex').slice(0, 12));
}

/** The same bytes for the same files. */
async function tarball(files) {
  const folder = await mkdtemp(join(tmpdir(), 'build-hosts-'));
  try {
    await writeFiles(folder, files);
    const file = join(folder, '.tar.gz');
    await create({ cwd: folder, file, gzip: true, portable: true, mtime: new Date(0) }, Object.keys(files));
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeFiles(folder, files) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

function readText(path) {
  return readFile(join(root, path), 'utf8');
}
