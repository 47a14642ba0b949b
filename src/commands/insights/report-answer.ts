/** Answer of `/api/query/insights` for a saved report of any kind. */
export interface Report {
  headers: readonly string[];
  series: unknown;
  computed_at?: unknown;
  date_range?: unknown;
  time_comparison?: { series?: unknown; date_range?: unknown } | null;
  lift_comparison?: { series?: unknown } | null;
  meta?: { is_segmentation_limit_hit?: unknown; min_sampling_factor?: unknown } | null;
}
