export { type Manifest, manifestSchema } from './appsmith-schema.js';
export { buildManifest } from './build.js';
