/** The shape of a JSON value: its type, and below it the shapes by class of key. */
export type Shape = { types: Set<string>; keys: Map<string, Shape>; items?: Shape };

/** Objects whose keys are names that a customer chose, or dates: their keys are compared by class. */
const MAP_PATHS =
  /^(\/(series|time_comparison\/series|lift_comparison\/series|data\/values|results\/(organizations|projects|workspaces)|data)(\/.*)?)$/;

/** Objects that hold what customers chose to send: only these of their keys are Mixpanel's. */
const PROPERTIES_PATH = /\/\$?properties$/;
const MIXPANEL_PROPERTIES = new Set(['time', 'distinct_id', '$insert_id', 'mp_processing_time_ms']);

/** Dates are names wherever they stand. */
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d[+-]\d\d:\d\d)?$/;

/** Keys with a meaning of their own inside such objects. */
const LITERAL_KEYS = new Set(
  (
    '$overall $average all first counts rates count step_conv_ratio overall_conv_ratio avg_time avg_time_from_start ' +
    'series values steps analysis completion starting_amount worst goal event'
  ).split(' '),
);

/** Returns the shape of an answer. */
export function shapeOf(value: unknown, path = ''): Shape {
  const shape: Shape = { types: new Set([typeOf(value)]), keys: new Map() };
  if (Array.isArray(value)) {
    for (const item of value) {
      const itemShape = shapeOf(item, `${path}/[]`);
      shape.items = shape.items ? merge(shape.items, itemShape) : itemShape;
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      if (PROPERTIES_PATH.test(path) && !MIXPANEL_PROPERTIES.has(key)) continue;
      const name = MAP_PATHS.test(path) || DATE.test(key) ? classOf(key) : key;
      const below = shapeOf(each, `${path}/${name !== key ? '*' : key}`);
      const existing = shape.keys.get(name);
      shape.keys.set(name, existing ? merge(existing, below) : below);
    }
  }
  return shape;
}

/** Returns where the actual shape lacks something of the expected one or has another type. */
export function compareShapes(expected: Shape, actual: Shape, path = ''): string[] {
  const types = [...expected.types].filter((type) => type !== 'null');
  const given = [...actual.types].filter((type) => type !== 'null');
  if (types.length > 0 && given.length > 0 && !types.some((type) => given.includes(type))) {
    return [`${path || '/'}: ${types.join(' or ')} expected, ${given.join(' or ')} given`];
  }
  const differences: string[] = [];
  for (const [key, below] of expected.keys) {
    const found = actual.keys.get(key);
    if (found) differences.push(...compareShapes(below, found, `${path}/${key}`));
    else if (given.includes('object')) differences.push(`${path}/${key}: missing`);
  }
  if (expected.items && actual.items) {
    differences.push(...compareShapes(expected.items, actual.items, `${path}/[]`));
  }
  return differences;
}

function merge(a: Shape, b: Shape): Shape {
  const keys = new Map(a.keys);
  for (const [key, shape] of b.keys) {
    const existing = keys.get(key);
    keys.set(key, existing ? merge(existing, shape) : shape);
  }
  const items = a.items && b.items ? merge(a.items, b.items) : (a.items ?? b.items);
  return { types: new Set([...a.types, ...b.types]), keys, ...(items ? { items } : {}) };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function classOf(key: string): string {
  if (LITERAL_KEYS.has(key)) return key;
  if (DATE.test(key)) return '(date)';
  if (/^\d+\. /.test(key)) return '(step)';
  return '(name)';
}
