import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { commands } from '../src/commands/index.js';

const execute = promisify(execFile);

test('the packed package installs, every door of it opens and its command runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'package-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  // Without scripts: what is packed has been built already.
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  const [tarball] = await readdir(folder);
  await writeFile(join(folder, 'package.json'), '{"private": true, "type": "module"}');
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await execute('npm', ['install', ...options, `./${tarball}`], { cwd: folder });

  const { exports } = JSON.parse(await readFile('package.json', 'utf8')) as { exports: object };
  const doors = Object.keys(exports).map((path) => path.replace(/^\./, 'mixpanel-datasource'));
  expect(doors).toContain('mixpanel-datasource/appsmith');
  const script = doors.map((door, index) =>
    door.endsWith('.json')
      ? `import door${index} from '${door}' with { type: 'json' };`
      : `import * as door${index} from '${door}';`,
  );
  script.push(`console.log(JSON.stringify([${doors.map((_, index) => `Object.keys(door${index})`)}]));`);
  await writeFile(join(folder, 'doors.js'), script.join('\n'));
  const opened = await execute(process.execPath, ['--no-warnings', 'doors.js'], { cwd: folder });
  const names = JSON.parse(opened.stdout) as string[][];
  expect(names).toHaveLength(doors.length);
  expect(names.filter((each) => each.length === 0)).toEqual([]);

  const listed = await execute('npx', ['--no-install', 'mixpanel-datasource', 'commands'], { cwd: folder });
  expect(listed.stdout.trim().split('\n')).toHaveLength(commands.length);
});
