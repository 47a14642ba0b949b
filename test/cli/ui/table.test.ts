import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../src/cli/ui/table.js';

const PLAIN = { width: 80, colors: false };
const ESCAPE = '\u001b[';

describe('a table on a terminal', () => {
  it('shows no control sequence that somebody put into an event', () => {
    const table = renderTable([{ value: 'a\u001b]0;owned\u0007b', 'na\u001b[2Jme': 1 }], {
      width: 80,
      colors: true,
    });
    expect(table).toContain('a\ufffd]0;owned\ufffdb');
    expect(table).not.toContain('\u001b]0;');
    expect(table).not.toContain('\u001b[2J');
  });

  it('says so if there are no rows, or more than it shows', () => {
    expect(renderTable([], PLAIN)).toBe('No rows.\n');
    const rows = Array.from({ length: 201 }, (_, index) => ({ index }));
    expect(renderTable(rows, PLAIN)).toMatch(
      /201 rows, the first 200 shown; --out FILE\.csv saves all of it\.\n$/,
    );
  });

  it('shows an e-mail address whole if the terminal is wide enough', () => {
    const rows = [{ id: 1, email: 'a.very.long.address@example.com', plan: 'Premium', note: 'x'.repeat(60) }];
    const table = renderTable(rows, { width: 160, colors: false });
    expect(table).toContain('a.very.long.address@example.com');
    expect(table).toContain('x'.repeat(60));
  });

  it('leaves no column out because of one very long value', () => {
    const table = renderTable([{ text: 'x'.repeat(500), count: 12 }], PLAIN);
    expect(table).toContain('count');
    expect(table).toContain('12');
    expect(table).toContain('…');
  });

  it('names how many columns did not fit', () => {
    const row = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`column ${index}`, index]));
    expect(renderTable([row], PLAIN)).toMatch(/\d+ more columns; --out FILE/);
  });

  it('aligns numbers at the right', () => {
    const [, first, second] = renderTable([{ n: 5 }, { n: 1000 }], PLAIN)
      .split('\n')
      .filter((line) => line.startsWith('│'));
    expect([first?.indexOf('5'), second?.lastIndexOf('0')]).toEqual([5, 5]);
  });

  it('measures wide characters and emoji as a terminal shows them', () => {
    const lines = renderTable([{ name: '日本語' }, { name: '👩‍👩‍👧' }, { name: 'ab' }], PLAIN).split('\n');
    expect(lines.filter((line) => line.startsWith('│')).join('')).not.toContain('…');
  });

  it('has no colours if it must not', () => {
    expect(renderTable([{ event: 'Signup' }], { width: 80, colors: false })).not.toContain(ESCAPE);
  });
});
