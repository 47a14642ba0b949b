/**
 * Mixpanel's language of `where` and `on`, as a tree.
 * Source: https://developer.mixpanel.com/reference/segmentation-expressions, and what Mixpanel's own examples use
 * beyond that page's grammar: lists, `user`, `event` and `behaviors`, `defined`, `datetime`, `has_prefix`, `any`.
 */
export type Expression =
  | { kind: 'literal'; value: string | number | boolean | null | undefined }
  | { kind: 'property'; scope: Scope; name: string }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'unary'; operator: UnaryOperator; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'call'; function: string; arguments: Expression[] }
  /** A call whose first argument names something for the others, as in `any(X, properties["tags"], X == "new")`. */
  | { kind: 'binding'; function: string; variable: string; arguments: Expression[] }
  | { kind: 'variable'; name: string }
  /** A member or an element of a value, as in `X["Brand"]`. */
  | { kind: 'member'; of: Expression; key: Expression };

export type BinaryExpression = Extract<Expression, { kind: 'binary' }>;

/**
 * Returns the operands and operators of `a + b + c` from left to right. A chain is as deep a tree as it has operators,
 * which may be thousands: whoever walks a tree walks chains in a loop.
 */
export function unchain(expression: BinaryExpression): {
  first: Expression;
  links: { operator: BinaryOperator; right: Expression }[];
} {
  const links: { operator: BinaryOperator; right: Expression }[] = [];
  let first: Expression = expression;
  while (first.kind === 'binary') {
    links.push({ operator: first.operator, right: first.right });
    first = first.left;
  }
  return { first, links: links.reverse() };
}

/** What `scope["name"]` reads from: the event or profile at hand, its user, the event itself, named behaviors. */
export const SCOPES = ['properties', 'user', 'event', 'behaviors'] as const;
export type Scope = (typeof SCOPES)[number];

export type UnaryOperator = '-' | 'not';

/** Binary operators with how tightly they bind; Mixpanel's page does not say, so this is Python's order. */
export const PRECEDENCE = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  in: 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
} as const;
export type BinaryOperator = keyof typeof PRECEDENCE;

/** `not "x" in properties["p"]` negates the whole comparison. */
export const NOT_PRECEDENCE = 3;
export const MINUS_PRECEDENCE = 7;

/**
 * The functions of Mixpanel's page and examples, with the fewest and the most arguments they take. Custom properties
 * have many more, which filters very likely take too: what is not in this list is not refused.
 * Source: https://docs.mixpanel.com/docs/features/custom-properties
 */
export const FUNCTIONS = {
  boolean: [1, 1],
  number: [1, 1],
  /** The second argument is the text for an undefined value. */
  string: [1, 2],
  floor: [1, 1],
  round: [1, 1],
  ceil: [1, 1],
  defined: [1, 1],
  datetime: [1, 1],
  has_prefix: [2, 2],
} as const satisfies Record<string, readonly [least: number, most: number]>;
export type FunctionName = keyof typeof FUNCTIONS;

/** Functions that name an element of a list, with the list and a condition on the element. */
export const QUANTIFIERS = ['any', 'all'] as const;
