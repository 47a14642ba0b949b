import type { PluginEvent } from '../plugin.js';
import type { Logger } from './logger.js';

/** Logs what an operator has to know: shared state lost and restored, and requests that Mixpanel refused. */
export function logPluginEvent(logger: Logger, event: PluginEvent): void {
  if ('message' in event) logger.warn(event.message);
  if (event.type === 'redis-back') logger.info('Redis is back: quota and results are shared again.');
  if (event.type === 'limited' && event.by === 'mixpanel') {
    logger.warn({ ...event.scope, limit: event.limit }, 'Mixpanel refused a call for its rate limit');
  }
}
