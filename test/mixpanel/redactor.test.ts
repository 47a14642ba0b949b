import { describe, expect, test } from 'vitest';
import { Redactor } from '../../src/mixpanel/redactor.js';
import { growthFactor, LINEAR_FACTOR } from '../growth.js';

const SECRET = 'p"w/\\ü&<x>\' y';

describe('a secret is removed however it is escaped', () => {
  test.each<[string, string]>([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ a: SECRET })],
    ['in JSON of ASCII only', `"p\\"w/\\\\\\u00fc&<x>' y"`],
    ['in JSON of ASCII with capitals', `"p\\"w/\\\\\\u00FC&<x>' y"`],
    ['in JSON for web pages', `"p\\"w/\\\\ü\\u0026\\u003cx\\u003e\\u0027 y"`],
    ['in JSON with escaped slashes', `"p\\"w\\/\\\\ü&<x>' y"`],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(SECRET))],
    ['in a web page', `p&quot;w/\\ü&amp;&lt;x&gt;&#39; y`],
    ['in a web page with numbers', `p&#34;w/\\ü&amp;&lt;x&gt;&#x27; y`],
    ['in an address', encodeURIComponent(SECRET)],
    [
      'in an address with small letters',
      encodeURIComponent(SECRET).replace(/%../g, (hex) => hex.toLowerCase()),
    ],
    ['in a form', new URLSearchParams({ a: SECRET }).toString()],
  ])('%s', (_, text) => {
    const cleaned = new Redactor([SECRET, 'other']).redact(`before ${text} after`);
    expect(cleaned).toContain('[redacted]');
    expect(cleaned).not.toMatch(/p\W{0,9}w/);
  });
});

test('a secret that contains another leaves none of its own behind', () => {
  expect(new Redactor(['password', 'password-1']).redact('a password-1, a password')).toBe(
    'a [redacted], a [redacted]',
  );
});

test('a secret that is part of the word "redacted" is removed once', () => {
  expect(new Redactor(['redacted', '[redacte']).redact('redacted [redacte')).toBe('[redacted] [redacted]');
});

test('without secrets a text stays as it is', () => {
  expect(new Redactor(['', '']).quote('a text', 3)).toBe('a t');
});

test('what is quoted of a long text ends before a secret that is cut off', () => {
  for (let offset = 8192 - 20; offset <= 8192; offset += 1) {
    const text = `${'secret-password'.repeat(540)}${'.'.repeat(offset - 8100)}secret-password${'.'.repeat(99)}`;
    expect(new Redactor(['secret-password']).quote(text, 100_000)).not.toMatch(/s(?!.*\[)|secret-/);
  }
});

test('quoting looks at the beginning of a text only', async () => {
  const texts = new Map<number, string>();
  const growth = await growthFactor((size) => {
    const text = texts.get(size) ?? 'aab'.repeat(size);
    texts.set(size, text);
    return new Redactor(['a'.repeat(100), 'aac']).quote(text, 200);
  });
  expect(growth).toBeLessThan(LINEAR_FACTOR);
});
