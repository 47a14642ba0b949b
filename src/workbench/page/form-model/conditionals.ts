import jsep, { type Expression } from 'jsep';

export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

export type Scope = Readonly<Record<string, unknown>>;

interface Conditionals {
  show?: string;
  hide?: string;
  enable?: string;
  disable?: string;
}

/** Returns whether Appsmith would show a node of the form. */
export function isVisible(conditionals: Conditionals | undefined, scope: Scope): boolean {
  if (conditionals?.show !== undefined && !evaluate(conditionals.show, scope)) return false;
  return conditionals?.hide === undefined || !evaluate(conditionals.hide, scope);
}

/** Returns whether Appsmith would enable a control. */
export function isEnabled(conditionals: Conditionals | undefined, scope: Scope): boolean {
  if (conditionals?.enable !== undefined && !evaluate(conditionals.enable, scope)) return false;
  return conditionals?.disable === undefined || !evaluate(conditionals.disable, scope);
}

/**
 * Evaluates a `{{expression}}` over `scope`, for the part of JavaScript that Appsmith's forms use. The page reads the
 * manifest as Appsmith does, so that a form that would break there breaks here first. It must not evaluate code, so
 * jsep parses the expression.
 *
 * @throws ConditionError when an expression uses any other syntax.
 */
export function evaluate(binding: string, scope: Scope): unknown {
  const source = /^\{\{(.+)\}\}$/s.exec(binding.trim())?.[1];
  if (source === undefined)
    throw new ConditionError(`${binding} is not a binding. Write it in double braces.`);
  let tree: Expression;
  try {
    tree = jsep(source);
  } catch (error) {
    throw new ConditionError(
      `${binding} has a syntax error: ${error instanceof Error ? error.message : error}`,
    );
  }
  return evaluateNode(tree as Node, scope);
}

/** The nodes of jsep's tree that are supported. */
type Node =
  | { type: 'Literal'; value: unknown }
  | { type: 'Identifier'; name: string }
  | { type: 'ArrayExpression'; elements: Node[] }
  | { type: 'MemberExpression'; object: Node; property: Node; computed: boolean }
  | { type: 'CallExpression'; callee: Node; arguments: Node[] }
  | { type: 'UnaryExpression'; operator: string; argument: Node }
  | { type: 'BinaryExpression' | 'LogicalExpression'; operator: string; left: Node; right: Node }
  | { type: 'ConditionalExpression'; test: Node; consequent: Node; alternate: Node };

function evaluateNode(node: Node, scope: Scope): unknown {
  switch (node.type) {
    case 'Literal':
      return node.value;
    case 'Identifier':
      if (node.name === 'undefined') return undefined;
      if (!Object.hasOwn(scope, node.name)) throw new ConditionError(`The name ${node.name} is not defined.`);
      return scope[node.name];
    case 'ArrayExpression':
      return node.elements.map((each) => evaluateNode(each, scope));
    case 'MemberExpression':
      return readMember(evaluateNode(node.object, scope), propertyName(node, scope));
    case 'CallExpression':
      return evaluateIncludes(node, scope);
    case 'UnaryExpression':
      if (node.operator === '!') return !evaluateNode(node.argument, scope);
      break;
    case 'ConditionalExpression':
      return evaluateNode(evaluateNode(node.test, scope) ? node.consequent : node.alternate, scope);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return evaluateBinary(node.operator, node.left, node.right, scope);
  }
  throw new ConditionError(
    'This expression uses JavaScript that forms do not support. Use literals, members, ===, !==, &&, || and includes.',
  );
}

function evaluateBinary(operator: string, left: Node, right: Node, scope: Scope): unknown {
  const value = evaluateNode(left, scope);
  switch (operator) {
    case '&&':
      return value && evaluateNode(right, scope);
    case '||':
      return value || evaluateNode(right, scope);
    case '===':
      return value === evaluateNode(right, scope);
    case '!==':
      return value !== evaluateNode(right, scope);
    default:
      throw new ConditionError(`Forms do not support the operator ${operator}. Use === or !==.`);
  }
}

function propertyName(node: Extract<Node, { type: 'MemberExpression' }>, scope: Scope): string {
  if (!node.computed && node.property.type === 'Identifier') return node.property.name;
  return String(evaluateNode(node.property, scope));
}

function readMember(owner: unknown, name: string): unknown {
  if (owner === null || typeof owner !== 'object') {
    throw new ConditionError(`Cannot read ${name} of a value that is not an object.`);
  }
  return Object.hasOwn(owner, name) ? (owner as Record<string, unknown>)[name] : undefined;
}

function evaluateIncludes(node: Extract<Node, { type: 'CallExpression' }>, scope: Scope): boolean {
  const { callee } = node;
  const method = callee.type === 'MemberExpression' ? propertyName(callee, scope) : '';
  if (callee.type !== 'MemberExpression' || method !== 'includes') {
    throw new ConditionError('Forms do not support this function. Use includes.');
  }
  const list = evaluateNode(callee.object, scope);
  const wanted = node.arguments[0] && evaluateNode(node.arguments[0], scope);
  if (Array.isArray(list)) return list.includes(wanted);
  if (typeof list === 'string') return list.includes(String(wanted));
  throw new ConditionError('includes needs a list or a text on its left.');
}
