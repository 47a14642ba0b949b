export type { ExecuteCall, SendCall, StreamCall } from './call.js';
export type { Command, CommandContext, FormField } from './command.js';
export type { TestResult } from './connection.js';
export type { Datasource } from './datasource.js';
export type { BatchOutcome, Caps, DeliveryOptions, DeliveryProgress, RowStream } from './delivery/index.js';
export { ERRORS, type ErrorCode, type Issue, PluginError } from './errors.js';
export type { Lookup, LookupOption } from './lookup.js';
export type { Manifest } from './manifest/index.js';
export { type FamilyHosts, type Hosts, MIXPANEL_HOSTS, REGIONS, type Region } from './mixpanel/regions.js';
export {
  createPlugin,
  type MixpanelPlugin,
  type OptionsCall,
  type PluginEvent,
  type PluginOptions,
} from './plugin.js';
export type { QuotaStatus } from './rate-limit/types.js';
export type { ExecutionResult } from './result.js';
export type { Row } from './row.js';
