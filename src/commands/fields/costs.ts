/**
 * What a query costs, as forms say it.
 * Source: https://developer.mixpanel.com/reference/rate-limits (60 queries and 60 exports an hour and project).
 */
export const QUERY_COST =
  "Costs one of the project's 60 queries an hour; a repeated query comes from the cache.";
export const PROFILES_COST =
  "Costs one of the project's 60 queries an hour, however many pages; a repeated query comes from the cache.";
export const EXPORT_COST =
  "Costs one of the project's 60 exports an hour, more for a long range of dates that is fetched in parts.";
/** Custom Action keeps no results, unless it is told to. */
export const REQUEST_COST = "Costs one of the project's 60 queries an hour.";
export const NO_COST = 'Costs none of the hourly limits.';
export const ACTION_COST =
  "Costs one of the project's 60 queries or exports an hour if the endpoint belongs to them.";
