import { describe, expect, test } from 'vitest';
import { commands } from '../../../../src/commands/index.js';
import { buildManifest } from '../../../../src/hosts/appsmith/manifest/index.js';
import { editorControls } from '../../../../src/workbench/page/form-model/form-values.js';
import { messageSentence, withPageWords } from '../../../../src/workbench/page/form-model/wording.js';

const controls = editorControls(buildManifest(commands)).filter(
  ({ controlType }) => controlType !== 'FORM_TEMPLATE',
);
const shown = controls.map(withPageWords);
const shownField = (key: string) => shown.find(({ field }) => field?.key === key)!;

describe("the page's words", () => {
  test('name a list of names without JSON, and an editor for JSON with it', () => {
    expect(shownField('events').label).toBe('Events');
    expect(shownField('distinctIds').label).not.toContain('JSON');
    expect(shownField('formData').label).toBe('Form Data (JSON)');
    const lists = shown.filter(({ field }) => field?.kind === 'list');
    expect(lists.length).toBeGreaterThan(2);
    for (const { label, tooltipText } of lists) {
      expect(label).not.toMatch(/[()]|JSON/);
      expect(tooltipText).not.toContain('JSON');
    }
  });

  test('name an option without its value', () => {
    const options = shown.flatMap((control) => (control.controlType === 'DROP_DOWN' ? control.options : []));
    expect(options.length).toBeGreaterThan(20);
    for (const { label } of options) expect(label).not.toMatch(/\((?:general|unique|average)/);
    const type = shownField('type');
    expect(type.controlType === 'DROP_DOWN' && type.options.map(({ label }) => label)).toEqual([
      'Total',
      'Unique users',
      'Average',
    ]);
  });

  test('leave the manifest as it is for Appsmith', () => {
    expect(controls.find(({ field }) => field?.key === 'events')?.label).toBe('Event(s) (JSON array)');
  });

  test('give no field a placeholder that could be its value', () => {
    const examples = shown.filter(({ placeholderText }) => placeholderText !== undefined);
    expect(examples.length).toBeGreaterThan(20);
    for (const { placeholderText } of examples) {
      expect(placeholderText).toMatch(/^Such as |by default$|^[A-Z][a-z]+(?: [a-z]+)*$/);
    }
  });

  test('say the default of a limit, and that there is none if there is none', () => {
    const limits = shown
      .filter(({ field }) => field?.key === 'limit')
      .map(({ placeholderText }) => placeholderText);
    expect(limits).toContain('10 by default');
    expect(limits).toContain('All of them');
  });

  test.each([
    ['is required. Give a value such as Signup.', 'Such as Signup', 'Required, such as Signup.'],
    ['is required. Give a value such as ["A", "B"].', 'Such as A, B', 'Required, such as A, B.'],
    ['is required. Give a value such as 1234567.', 'Default project', 'Required, such as 1234567.'],
    ['must not be after To Date (2026-03-01).', undefined, 'Must not be after To Date (2026-03-01).'],
    ['is not valid: x\n  ^', undefined, 'Is not valid: x'],
  ])('make a sentence of %j', (message, placeholder, sentence) => {
    expect(messageSentence(message, placeholder)).toBe(sentence);
  });
});
