import type { Problem } from '../command.js';

/** Source: https://developer.mixpanel.com/reference/list-recent-events ("you cannot get hourly uniques"). */
export function* checkUnit({ type, unit }: { type: string; unit: string }): Iterable<Problem> {
  if (type === 'unique' && unit === 'hour') {
    yield {
      field: 'unit',
      message:
        'cannot be hour when Type is unique: Mixpanel has no hourly uniques. Choose day or longer, or Type general.',
      received: unit,
    };
  }
}
