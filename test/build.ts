import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

const PAGE_SOURCES = 'dist/workbench-page/sources.json';

/** Builds what the tests of processes and the browser start: the core always (incremental), the page if stale. */
export default function setup(project: TestProject): void {
  build();
  project.onTestsRerun(build);
}

function build(): void {
  runScript('build:core');
  if (isPageStale()) runScript('build:workbench');
}

/** Returns whether a file that went into the built page has changed since. */
function isPageStale(): boolean {
  if (!existsSync(PAGE_SOURCES)) return true;
  const hashes = Object.entries(JSON.parse(readFileSync(PAGE_SOURCES, 'utf8')) as Record<string, string>);
  return hashes.some(([file, hash]) => !existsSync(file) || hashOf(file) !== hash);
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function runScript(name: string): void {
  execFileSync('npm', ['run', '--silent', name], { stdio: ['ignore', 'ignore', 'inherit'] });
}
