import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

const NONCE_BYTES = 16;
/** Vite's placeholder for the nonce of a response (`html.cspNonce` in vite.config.ts). */
const NONCE_PLACEHOLDER = /__CSP_NONCE__/g;
/** Safe because the names of built files contain a hash of their content. */
const CACHE_FOREVER = 'public, max-age=31536000, immutable';

/** Folder of the built page, whether this module runs from `dist/workbench/api` or from the sources. */
export const BUILT_PAGE_FOLDER = [
  new URL('../../workbench-page/', import.meta.url),
  new URL('../../../dist/workbench-page/', import.meta.url),
]
  .map((url) => fileURLToPath(url))
  .find((folder) => existsSync(`${folder}index.html`));

/** Serves the page. Its policy allows inline styles only with the response's nonce, and nothing from other hosts. */
export function servePage(folder: string | undefined): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      referrerPolicy: 'no-referrer',
      crossOriginOpenerPolicy: 'same-origin',
      crossOriginResourcePolicy: 'same-origin',
      xFrameOptions: 'DENY',
      strictTransportSecurity: false,
    }),
  );
  app.get('/', async (context) => {
    if (!folder) return context.text(NOT_BUILT_MESSAGE, 503);
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    const html = await readFile(`${folder}index.html`, 'utf8');
    context.header('Content-Security-Policy', contentSecurityPolicy(nonce));
    context.header('Cache-Control', 'no-store');
    return context.html(html.replace(NONCE_PLACEHOLDER, nonce));
  });
  if (folder) {
    app.get(
      '/assets/*',
      async (context, next) => {
        await next();
        if (context.res.ok) context.header('Cache-Control', CACHE_FOREVER);
      },
      serveStatic({
        root: folder,
        // With a path prefix, the request's path is longer than the file's.
        rewriteRequestPath: (path) => path.slice(path.lastIndexOf('/assets/')),
      }),
    );
  }
  return app;
}

const NOT_BUILT_MESSAGE = 'The workbench page is not built. Run "npm run build", then start again.\n';

function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
