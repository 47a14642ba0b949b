import type { Command } from '../command/definition.js';

/** Everything the build has to know of a host. Adding one is a folder like its siblings and a line in `hosts.ts`. */
export interface Host {
  /** Its folder in `src/hosts/` and in `dist/hosts/`. */
  name: string;
  /** Returns its forms, made from the registry, by file name. They are committed beside the adapter. */
  buildForms(commands: readonly Command[]): Record<string, object>;
  /** Returns the files of what it installs, by path. */
  buildPackage(kit: PackageKit): Promise<Record<string, string | Uint8Array>>;
}

/** What the build puts at a host's disposal. */
export interface PackageKit {
  version: string;
  license: string;
  /** The text of `LICENSE`. */
  licenseText: string;
  /** Returns the text of a committed form. */
  readForm(file: string): Promise<string>;
  /** Bundles an adapter, named by its path in the host's folder, with everything it needs. */
  bundle(entry: string, options: { format: 'cjs' | 'esm'; footer?: string }): Promise<string>;
  /** Packs files into a tar archive, compressed. */
  tarball(files: Record<string, string>): Promise<Uint8Array>;
}

/** Returns a value as the text of a JSON file. */
export function toJsonFile(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
