export { buildManifest } from './builder.js';
export { type Manifest, manifestSchema } from './schema.js';
