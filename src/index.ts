export type { Datasource } from './command/datasource.js';
export type { Command, CommandContext } from './command/definition.js';
export type { FormField } from './command/field.js';
export type { Lookup, LookupOption } from './command/lookup.js';
export { ERRORS, type ErrorCode, type Issue, PluginError } from './errors.js';
export type { Manifest } from './hosts/appsmith/manifest/index.js';
export { type FamilyHosts, type Hosts, MIXPANEL_HOSTS, REGIONS, type Region } from './mixpanel/regions.js';
export {
  createPlugin,
  type MixpanelPlugin,
  type PluginEvent,
  type PluginOptions,
} from './plugin.js';
export type { TestResult } from './query/connection-test.js';
export type { LookupRequest, LookupResult } from './query/lookups.js';
export type { QueryRequest, SendRequest, StreamRequest } from './query/prepared-query.js';
export type { QuotaStatus } from './rate-limit/types.js';
export type { QueryFailure, QueryResult, QuerySuccess, ResultMeta } from './result/query-result.js';
export type { Row } from './result/rows.js';
export type {
  BatchResult,
  Caps,
  Lines,
  RowStream,
  TransferOptions,
  TransferProgress,
} from './transfer/index.js';
