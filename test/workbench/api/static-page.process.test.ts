import { afterAll, describe, expect, test } from 'vitest';
import { createPlugin } from '../../../src/plugin.js';
import { createWorkbench } from '../../../src/workbench/api/app.js';

const plugin = createPlugin();
afterAll(() => plugin.close());

describe('the built page', () => {
  test('allows no inline script, no evaluation and no other host, under a nonce of its own each time', async () => {
    const app = createWorkbench({ plugin });
    const [one, other] = await Promise.all([app.request('/'), app.request('/')]);
    const policy = one.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toMatch(/https?:/);
    expect(policy).not.toBe(other.headers.get('content-security-policy'));
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? 'none';
    expect(await one.text()).toContain(`nonce="${nonce}"`);
  });

  test('is served with its assets, and nothing outside their folder', async () => {
    const app = createWorkbench({ plugin });
    const html = await (await app.request('/')).text();
    const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
    const asset = await app.request(script);
    expect(asset.status).toBe(200);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    for (const path of [
      '/assets/../index.html',
      '/assets/..%2f..%2fcli%2fmain.js',
      '/assets/%2e%2e/licenses.md',
    ]) {
      expect((await app.request(path)).status, path).toBe(404);
    }
  });
});
