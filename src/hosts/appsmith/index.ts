export {
  type ActionExecutionResult,
  MAX_RESPONSE_BYTES,
  MAX_RESPONSE_MEGABYTES,
  toActionExecutionResult,
  writeExecuteResult,
  writeExecuteResultInTurns,
  writeFailure,
} from './result.js';
export {
  buildPluginFeed,
  EXECUTE_PATH,
  FEED_PATH,
  type ForwardedQuery,
  type PluginFeed,
  readExecuteRequest,
} from './wire.js';
