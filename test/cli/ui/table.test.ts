import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../src/cli/ui/table.js';

const WIDTH = 80;

describe('a table on a terminal', () => {
  it('shows no control sequence that somebody put into an event', () => {
    const table = renderTable([{ value: 'a\u001b]0;owned\u0007b', 'na\u001b[2Jme': 1 }], WIDTH);
    expect(table).toContain('a\ufffd]0;owned\ufffdb');
    expect(table).not.toContain('\u001b]0;');
    expect(table).not.toContain('\u001b[2J');
  });

  it('says so where there are no rows, or more than it shows', () => {
    expect(renderTable([], WIDTH)).toBe('No rows.\n');
    const rows = Array.from({ length: 201 }, (_, index) => ({ index }));
    expect(renderTable(rows, WIDTH)).toMatch(
      /201 rows, the first 200 shown; --format csv --out FILE saves all of it\.\n$/,
    );
  });
});
