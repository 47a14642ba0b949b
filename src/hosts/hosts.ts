import { commands } from '../commands/index.js';
import { budibase } from './budibase/host.js';
import { type Host, toJsonFile } from './host.js';
import { n8n } from './n8n/host.js';
import { toolJet } from './tooljet/host.js';

/** The hosts whose packages `npm run build:hosts` makes. Appsmith is served over HTTP and installs nothing. */
export const hosts: readonly Host[] = [toolJet, budibase, n8n];

/** Returns the committed files that are made from the registry, by path below the project's root. */
export function formFiles({ name, buildForms }: Host): Record<string, string> {
  const files = Object.entries(buildForms(commands)).map(([file, form]) => [
    `src/hosts/${name}/${file}`,
    toJsonFile(form),
  ]);
  return Object.fromEntries(files);
}
