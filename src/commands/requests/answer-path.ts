// Patterns for paths as `readEndpoint` returns them. They ignore the case: whatever Mixpanel answers becomes rows.

/** Returns a pattern for a path below `/api/query`. */
export function queryPath(below: string): RegExp {
  return new RegExp(`^/api/query${below}$`, 'i');
}

/**
 * Returns a pattern for a path below `/api/app/projects/…`, or `/api/app/workspaces/…`, where Mixpanel has many of the
 * same lists.
 */
export function projectPath(below: string): RegExp {
  return new RegExp(`^/api/app/(?:projects|workspaces)/[^/]+${below}$`, 'i');
}

/** Returns a pattern for a path from the root of the ingestion host. */
export function ingestionPath(path: string): RegExp {
  return new RegExp(`^${path}$`, 'i');
}
