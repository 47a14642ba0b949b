import { describe, expect, test } from 'vitest';
import { commands } from '../../../../src/commands/index.js';
import { namedRequests } from '../../../../src/commands/requests/index.js';
import { buildManifest } from '../../../../src/hosts/appsmith/manifest/index.js';
import { layOut } from '../../../../src/workbench/page/form-model/form-layout.js';
import type { Section } from '../../../../src/workbench/page/form-model/form-values.js';
import { findFilledRequest, listRequests } from '../../../../src/workbench/page/form-model/request-list.js';

const sections = buildManifest(commands).actionUiConfig.editor as Section[];
const layoutOf = (id: string) =>
  layOut(sections.find(({ identifier }) => identifier === id)!, { hasDefaultProject: true });

describe('the menu of requests', () => {
  const groups = listRequests(layoutOf('CUSTOM_ACTION').requests);
  const items = groups.flatMap((group) => group.items);

  test('lists every named request, with what it is for, under a label of its own', () => {
    expect(items.map(({ description }) => description)).toEqual(
      namedRequests.map(({ description }) => description),
    );
    expect(new Set(items.map(({ label }) => label)).size).toBe(namedRequests.length);
    expect(new Set(items.map(({ value }) => value)).size).toBe(namedRequests.length);
  });

  test('shows the request that the form is filled with, and none after a change', () => {
    for (const { value, fills } of items) {
      expect(findFilledRequest(groups, fills)).toBe(value);
      const [path] = Object.keys(fills);
      expect(findFilledRequest(groups, { ...fills, [path!]: 'changed' })).toBeUndefined();
    }
  });

  test('leaves the fields of Custom Action where they are, and other commands without a menu', () => {
    const keys = layoutOf('CUSTOM_ACTION').everyday.map((item) =>
      item.type === 'control' ? item.control.field?.key : 'range',
    );
    expect(keys).toEqual(['method', 'endpoint', 'headers', 'body']);
    expect(layoutOf('TRACK_EVENTS').requests).toEqual([]);
  });
});
