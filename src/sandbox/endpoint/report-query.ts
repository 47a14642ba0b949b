import type { DataStore, TimeRange } from '../data/data-store.js';
import { type ExpressionValue, isTrue } from '../expression/evaluator.js';
import type { StoredEvent } from '../records/write.js';
import type { DateRange } from '../reports/buckets.js';
import type { Calendar } from '../time/calendar.js';
import type { SandboxRequest } from './definition.js';
import { createEvaluationContext } from './evaluation-context.js';
import { getProjectZone, readDateRange, readExpression, requireProject, toTimeRange } from './parameters.js';

/** A property of events, or any other value, by an expression. */
export type EventValue = (event: StoredEvent) => ExpressionValue;
/** A condition on events. */
export type EventFilter = (event: StoredEvent) => boolean;

/** What every report of the Query API asks: of which project, with which conditions. */
export interface ReportQuery {
  projectId: string;
  zone: Calendar;
  /** Reads `from_date` and `to_date`. */
  readDates(): { dateRange: DateRange; range: TimeRange };
  /** Returns the condition in a parameter, by which every event counts if it is empty. */
  filterBy(parameter: string): EventFilter;
  /** Returns the value that a parameter asks of each event, or `undefined` if it is empty. */
  valueBy(parameter: string): EventValue | undefined;
}

export function readReportQuery(request: SandboxRequest, store: DataStore): ReportQuery {
  const { id: projectId } = requireProject(request);
  const zone = getProjectZone(request, store);
  const contextOf = (event: StoredEvent) => createEvaluationContext(event, projectId, store);
  return {
    projectId,
    zone,
    readDates() {
      const dateRange = readDateRange(request, zone, store.now());
      return { dateRange, range: toTimeRange(dateRange, zone) };
    },
    filterBy(parameter) {
      const condition = readExpression(request, parameter, zone);
      return (event) => !condition || isTrue(condition(contextOf(event)));
    },
    valueBy(parameter) {
      const value = readExpression(request, parameter, zone);
      return value && ((event) => value(contextOf(event)));
    },
  };
}
