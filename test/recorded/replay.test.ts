import { expect, test } from 'vitest';
import { commands } from '../../src/commands/index.js';
import { readRecordings } from './recording.js';

test('every recording has the format, and every command has at least three', () => {
  const recordings = readRecordings();
  for (const { id } of commands) {
    expect(recordings.filter(({ command }) => command === id).length, id).toBeGreaterThanOrEqual(3);
  }
});
