import { BINDING, type Expression, MINUS_BINDING, NOT_BINDING } from './syntax.js';
import { quote } from './tokenizer.js';

const OPERAND = 9;

/** The expression as text: Mixpanel's spelling, one space around operators, only the parentheses it needs. */
export function print(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? quote(expression.value) : String(expression.value);
    case 'property':
      return `${expression.scope}[${quote(expression.name)}]`;
    case 'variable':
      return expression.name;
    case 'list':
      return `[${expression.items.map(print).join(', ')}]`;
    case 'call':
      return `${expression.function}(${expression.arguments.map(print).join(', ')})`;
    case 'any':
      return `any(${expression.variable}, ${print(expression.list)}, ${print(expression.condition)})`;
    case 'unary':
      return `${expression.operator === 'not' ? 'not ' : '-'}${within(expression.operand, bindingOf(expression))}`;
    case 'binary': {
      const { operator, left, right } = expression;
      const binding = BINDING[operator];
      return `${within(left, binding)} ${operator} ${within(right, binding + 1)}`;
    }
  }
}

/** In parentheses where it binds looser than its place asks for. */
function within(expression: Expression, least: number): string {
  const text = print(expression);
  return bindingOf(expression) < least ? `(${text})` : text;
}

function bindingOf(expression: Expression): number {
  switch (expression.kind) {
    case 'binary':
      return BINDING[expression.operator];
    case 'unary':
      return expression.operator === 'not' ? NOT_BINDING : MINUS_BINDING;
    default:
      return OPERAND;
  }
}
