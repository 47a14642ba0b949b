// Proves the n8n package with n8n itself: npm run verify:n8n [-- --home <folder>]
//
// Installs n8n into a temporary folder (about 2 GB, several minutes), adds our package as n8n does, and lets its linter,
// its loader and its server use it against the sandbox. With --home the folder is kept, and used again.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs, promisify } from 'node:util';
import { loadSource } from './load-source.js';

/** The newest n8n that runs on Node 20, and what its linter needs beside it. */
const N8N_VERSION = '2.8.4';
const LINTER = {
  '@n8n/eslint-plugin-community-nodes': '0.32.0',
  '@typescript-eslint/parser': '^8.35.0',
  eslint: '9.29.0',
  'n8n-workflow': '2.8.0',
  typescript: '5.9',
};
const PACKAGE = 'n8n-nodes-mixpanel-datasource';
const CREDENTIAL = 'mixpanelServiceAccountApi';
/** One more, whose answer is a file. */
const CSV_FILE = {
  name: 'File',
  command: 'GET_TOP_EVENTS',
  parameters: { type: 'general', format: 'csv' },
};
const WRONG_PASSWORD = 'not-the-password-7391';

const root = fileURLToPath(new URL('../', import.meta.url));
const run = promisify(execFile);
const { values: args } = parseArgs({ options: { home: { type: 'string' } } });
const home = args.home ? resolve(args.home) : await mkdtemp(join(tmpdir(), 'verify-n8n-'));
const userFolder = join(home, 'user');

let failures = 0;

try {
  await main();
} finally {
  if (!args.home) await rm(home, { recursive: true, force: true });
}
if (failures > 0) {
  process.stdout.write(`\n${failures} check${failures === 1 ? '' : 's'} failed.\n`);
  process.exitCode = 1;
} else {
  process.stdout.write('\nn8n accepts the package.\n');
}

async function main() {
  say(`n8n ${N8N_VERSION} on Node ${process.version}, in ${args.home ? home : 'a temporary folder'}`);
  // xlsx is a tarball on a host of its own; the last version on npm will do here.
  await install('n8n', { n8n: N8N_VERSION }, { xlsx: '0.18.5' });
  await install('lint', LINTER);
  await rm(userFolder, { recursive: true, force: true });

  const built = join(home, 'built');
  await run(process.execPath, ['scripts/build-hosts.js', '--out', built], { cwd: root });
  const packageFolder = join(built, 'n8n');
  await check("n8n's linter finds nothing", () => lint(packageFolder));
  await check('PackageDirectoryLoader loads the package', () => load(packageFolder));
  await addPackage(packageFolder);

  const { startSandbox } = await loadSource('src/sandbox/index.ts');
  const { createPlugin } = await loadSource('src/plugin.ts');
  const sandbox = await startSandbox({ events: 5_000, users: 200 });
  const plugin = createPlugin({ hosts: sandbox.hosts });
  try {
    await withN8n(sandbox, plugin);
  } finally {
    await plugin.close();
    await sandbox.close();
  }
}

async function withN8n(sandbox, plugin) {
  const [{ username, password }] = sandbox.accounts;
  const [{ id: projectId }] = sandbox.projects;
  const datasource = { username, password, region: 'US', projectId: String(projectId) };
  const env = await environment(sandbox);
  const queries = queriesOf();

  await importFiles(env, datasource, queries);
  await check('a workflow of three commands gives the items that execute gives', async () => {
    const { stdout } = await n8n(['execute', '--id=verify', '--rawOutput'], env);
    const { runData } = JSON.parse(stdout.slice(stdout.indexOf('{'))).data.resultData;
    if (stdout.includes(`"${datasource.password}"`))
      throw new Error('the password is in the data of the execution');
    const told = [];
    for (const { name, command, parameters } of queries) {
      const items = runData[name]?.[0]?.data?.main?.[0] ?? [];
      const { ok, body, error } = await plugin.execute({ datasource, command, parameters });
      if (!ok) throw error;
      if (body.length === 0) throw new Error(`${command} gave no rows, which proves nothing`);
      const rows = items.map(({ json }) => json);
      if (!isDeepStrictEqual(rows, JSON.parse(JSON.stringify(body)))) {
        throw new Error(`${command}: ${items.length} items are not the ${body.length} rows of execute`);
      }
      if (!items.every(({ pairedItem }) => pairedItem?.item === 0))
        throw new Error(`${command}: no pairedItem`);
      told.push(`${command} ${items.length}`);
    }
    const [item] = runData[CSV_FILE.name]?.[0]?.data?.main?.[0] ?? [];
    const { fileName, mimeType, data = '' } = item?.binary?.data ?? {};
    const { body: csv } = await plugin.execute({ datasource, ...CSV_FILE });
    if (mimeType !== 'text/csv' || Buffer.from(data, 'base64').toString() !== csv) {
      throw new Error(`no file with the CSV text of execute, but ${JSON.stringify(item)}`);
    }
    return `${told.join(', ')}; and ${fileName} of ${csv.length} characters`;
  });

  const server = spawn(process.execPath, [n8nBinary(), 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (log += chunk));
  try {
    const api = await signIn(env.N8N_PORT, server);
    await checkApi(api, datasource);
    await check('no secret is in what n8n logged', async () => {
      if ([datasource.password, WRONG_PASSWORD].some((secret) => log.includes(secret)))
        throw new Error('the password is in the log');
      return `${log.length} characters of log`;
    });
  } catch (error) {
    process.stdout.write(log.slice(-3000));
    throw error;
  } finally {
    if (server.exitCode === null) {
      server.kill();
      await once(server, 'exit');
    }
  }
}

async function checkApi(api, datasource) {
  const credential = { id: 'verify', name: 'Mixpanel', type: CREDENTIAL };
  const test = (data) => api('/rest/credentials/test', { credentials: { ...credential, data } });
  await check('the node type is listed', async () => {
    const types = await api('/types/nodes.json');
    const own = types.filter(({ name }) => name === `${PACKAGE}.mixpanel`);
    const tool = types.filter(({ name }) => name === `${PACKAGE}.mixpanelTool`);
    if (own.length !== 1) throw new Error('it is not');
    return `${own[0].displayName} among ${types.length}${tool.length > 0 ? ', and as a tool of AI agents' : ''}`;
  });
  await check('a good credential passes', async () => {
    const { status, message } = await test(datasource);
    if (status !== 'OK') throw new Error(message);
    return message;
  });
  await check('a wrong credential fails with our sentence', async () => {
    const { status, message } = await test({ ...datasource, password: WRONG_PASSWORD });
    if (status !== 'Error') throw new Error(`${status}: ${message}`);
    return message;
  });
  const asked = {
    nodeTypeAndVersion: { name: `${PACKAGE}.mixpanel`, version: 1 },
    credentials: { [CREDENTIAL]: { id: credential.id, name: credential.name } },
    currentNodeParameters: { operation: '', projectId: locator('') },
  };
  await check('a searchable list finds a project', async () => {
    const { results } = await api('/rest/dynamic-node-parameters/resource-locator-results', {
      ...asked,
      path: 'parameters.projectId',
      methodName: 'projects',
      filter: datasource.projectId,
    });
    if (results[0]?.value !== datasource.projectId) throw new Error(JSON.stringify(results));
    return results.map(({ name }) => name).join(', ');
  });
  await check('a dropdown is filled with events', async () => {
    const options = await api('/rest/dynamic-node-parameters/options', {
      ...asked,
      path: 'parameters.events',
      methodName: 'events',
    });
    if (options.length === 0) throw new Error('it is empty');
    return options.map(({ name }) => name).join(', ');
  });
  await check('a dependent list is filled with the properties of an event', async () => {
    const { results } = await api('/rest/dynamic-node-parameters/resource-locator-results', {
      ...asked,
      currentNodeParameters: { ...asked.currentNodeParameters, event: locator('Signup') },
      path: 'parameters.propertyName',
      methodName: 'properties',
    });
    if (results.length === 0) throw new Error('it is empty');
    return results.map(({ name }) => name).join(', ');
  });
}

/** Three commands: one that is executed, one of an event chosen by hand, one that is streamed. */
function queriesOf() {
  const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const dates = { fromDate: day(7), toDate: day(1) };
  return [
    { name: 'Top', command: 'GET_TOP_EVENTS', parameters: { type: 'general' } },
    {
      name: 'Counts',
      command: 'GET_AGGREGATE_EVENT_COUNTS',
      parameters: { events: ['Signup'], type: 'general', unit: 'day', ...dates },
      // In n8n a date is often an expression.
      expressions: { fromDate: '={{ $now.minus({ days: 7 }) }}' },
    },
    { name: 'Export', command: 'DOWNLOAD_DATA', parameters: { ...dates, dedupe: 'no' } },
  ];
}

async function importFiles(env, datasource, queries) {
  const credentials = join(home, 'credentials.json');
  await writeFile(
    credentials,
    JSON.stringify([{ id: 'verify', name: 'Mixpanel', type: CREDENTIAL, data: datasource }]),
  );
  const workflow = join(home, 'workflow.json');
  const nodes = [...queries, CSV_FILE].map(({ name, command, parameters, expressions }, index) => ({
    id: name,
    name,
    type: `${PACKAGE}.mixpanel`,
    typeVersion: 1,
    position: [300, index * 200],
    parameters: {
      operation: command,
      projectId: locator(''),
      response: 'rows',
      ...parameters,
      ...expressions,
    },
    credentials: { [CREDENTIAL]: { id: 'verify', name: 'Mixpanel' } },
  }));
  const start = {
    id: 'start',
    name: 'Start',
    type: 'n8n-nodes-base.manualTrigger',
    typeVersion: 1,
    parameters: {},
  };
  await writeFile(
    workflow,
    JSON.stringify([
      {
        id: 'verify',
        name: 'Verify',
        active: false,
        settings: {},
        nodes: [{ ...start, position: [0, 0] }, ...nodes],
        connections: {
          Start: { main: [nodes.map(({ name }) => ({ node: name, type: 'main', index: 0 }))] },
        },
      },
    ]),
  );
  await n8n(['import:credentials', `--input=${credentials}`], env);
  await n8n(['import:workflow', `--input=${workflow}`], env);
}

function locator(value) {
  return { __rl: true, mode: 'value', value };
}

/** Adds the package as n8n's own dialog does: into the folder of community nodes. */
async function addPackage(packageFolder) {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', home, packageFolder]);
  const nodes = join(userFolder, '.n8n', 'nodes');
  await mkdir(nodes, { recursive: true });
  await writeFile(join(nodes, 'package.json'), JSON.stringify({ name: 'installed-nodes', private: true }));
  await npm(['install', '--legacy-peer-deps', '--ignore-scripts', join(home, stdout.trim())], nodes);
}

async function load(packageFolder) {
  const program = `
    const { PackageDirectoryLoader } = require('n8n-core');
    const loader = new PackageDirectoryLoader(${JSON.stringify(packageFolder)});
    loader.loadAll().then(() => console.log(JSON.stringify({
      nodes: Object.values(loader.nodeTypes).map(({ type }) => [type.description.name, type.description.properties.length,
        Object.keys(type.methods.listSearch).length]),
      credentials: Object.values(loader.credentialTypes).map(({ type }) => [type.name, type.supportedNodes]),
    })));`;
  // The packages of n8n stand beside it, and the node finds n8n-workflow there, as in n8n itself.
  const cwd = join(home, 'n8n');
  const env = { ...process.env, NODE_PATH: join(cwd, 'node_modules'), N8N_USER_FOLDER: userFolder };
  const { stdout } = await run(process.execPath, ['-e', program], { cwd, env });
  const { nodes, credentials } = JSON.parse(stdout.trim().split('\n').at(-1));
  const [[node, properties, lists]] = nodes;
  const [[credential, supported]] = credentials;
  if (node !== 'mixpanel' || credential !== CREDENTIAL || !supported.includes('mixpanel'))
    throw new Error(stdout);
  return `${node} with ${properties} properties and ${lists} look-ups; ${credential} for ${supported.join(', ')}`;
}

/** Lints the sources in the folders of a community package. */
async function lint(packageFolder) {
  const staged = join(home, 'lint', 'package');
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true });
  await cp(join(packageFolder, 'package.json'), join(staged, 'package.json'));
  const source = join(root, 'src/hosts/n8n');
  const places = {
    'nodes/Mixpanel': 'Mixpanel.node.ts',
    credentials: 'MixpanelServiceAccountApi.credentials.ts',
  };
  for (const [folder, file] of Object.entries(places)) {
    await cp(join(packageFolder, 'dist', folder), join(staged, folder), {
      recursive: true,
      filter: (path) => !path.endsWith('.js'),
    });
    await cp(join(source, file), join(staged, folder, file));
  }
  for (const file of ['errors', 'items', 'options', 'parameters', 'properties', 'run']) {
    await cp(join(source, `${file}.ts`), join(staged, 'nodes/Mixpanel', `${file}.ts`));
  }
  // The rules for nodes that n8n's cloud may run do not apply to one that brings its own HTTP client; and who
  // publishes the package has yet to put a name into it.
  await writeFile(
    join(home, 'lint', 'eslint.config.mjs'),
    `import { n8nCommunityNodesPlugin as plugin } from '@n8n/eslint-plugin-community-nodes';
     import parser from '@typescript-eslint/parser';
     const files = ['**/*.ts', '**/package.json'];
     const languageOptions = { parser, parserOptions: { extraFileExtensions: ['.json'] } };
     export default [
       { ...plugin.configs.recommendedWithoutN8nCloudSupport, files, languageOptions },
       { files, rules: { '@n8n/community-nodes/valid-author': 'off' } },
     ];`,
  );
  const eslint = join(home, 'lint', 'node_modules', 'eslint', 'bin', 'eslint.js');
  const { stdout } = await run(
    process.execPath,
    [eslint, '--max-warnings', '0', '--format', 'json', 'package'],
    {
      cwd: join(home, 'lint'),
    },
  ).catch((error) => ({ stdout: error.stdout || String(error) }));
  const results = JSON.parse(stdout);
  const found = results.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ ruleId, line, message }) => `${filePath.slice(staged.length + 1)}:${line} ${ruleId}: ${message}`,
    ),
  );
  if (found.length > 0) throw new Error(`\n  ${found.join('\n  ')}`);
  return `${results.length} files`;
}

async function environment(sandbox) {
  return {
    ...process.env,
    N8N_USER_FOLDER: userFolder,
    N8N_PORT: String(await freePort()),
    N8N_RUNNERS_BROKER_PORT: String(await freePort()),
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_SECURE_COOKIE: 'false',
    GENERIC_TIMEZONE: 'UTC',
    // Files stand in the data of an execution, and not beside it.
    N8N_DEFAULT_BINARY_DATA_MODE: 'default',
    N8N_LOG_LEVEL: 'info',
    MIXPANEL_DATASOURCE_MIXPANEL_URL: sandbox.url,
  };
}

/** Makes the first user of this n8n and returns a caller of its API in that user's name. */
async function signIn(port, server) {
  const base = `http://127.0.0.1:${port}`;
  const user = {
    email: 'verify@example.com',
    firstName: 'Verify',
    lastName: 'Package',
    password: 'Verify-1234',
  };
  for (;;) {
    if (server.exitCode !== null) throw new Error('n8n stopped before it was ready');
    const answer = await post(`${base}/rest/owner/setup`, user).catch(() => undefined);
    const cookie = answer?.headers.getSetCookie().map((each) => each.split(';')[0]);
    if (answer?.ok) {
      return async (path, body) => {
        const response = body
          ? await post(base + path, body, { cookie: cookie.join('; ') })
          : await fetch(base + path, { headers: { cookie: cookie.join('; ') } });
        const json = await response.json();
        if (!response.ok) throw new Error(`${path}: ${response.status} ${json.message}`);
        return json.data ?? json;
      };
    }
    if (answer && answer.status < 500 && answer.status !== 404) throw new Error(await answer.text());
    await new Promise((done) => setTimeout(done, 500));
  }
}

function post(url, body, headers = {}) {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'browser-id': 'verify', ...headers },
    body: JSON.stringify(body),
  });
}

function n8n(command, env) {
  return run(process.execPath, [n8nBinary(), ...command], { env, maxBuffer: 256 * 1024 * 1024 });
}

function n8nBinary() {
  return join(home, 'n8n', 'node_modules', 'n8n', 'bin', 'n8n');
}

/** Installs packages into a folder of the home, unless they are there. */
async function install(name, dependencies, overrides) {
  const folder = join(home, name);
  const text = JSON.stringify({ name: `verify-${name}`, private: true, dependencies, overrides });
  const marker = join(folder, 'installed.json');
  if ((await readFile(marker, 'utf8').catch(() => '')) === text) return;
  say(`installing ${Object.keys(dependencies).join(', ')}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), text);
  await npm(['install'], folder);
  await access(join(folder, 'node_modules'));
  await writeFile(marker, text);
}

function npm(command, cwd) {
  return run('npm', [...command, '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function check(claim, prove) {
  try {
    const told = await prove();
    say(`ok    ${claim}${told ? `: ${told}` : ''}`);
  } catch (error) {
    failures += 1;
    say(`FAIL  ${claim}: ${error.message}`);
  }
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
