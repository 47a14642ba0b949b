import { type Expression, MINUS_PRECEDENCE, NOT_PRECEDENCE, PRECEDENCE } from './syntax.js';
import { quoteString } from './tokenizer.js';

const OPERAND_PRECEDENCE = 9;

/** The expression as text: Mixpanel's spelling, one space around operators, only the parentheses it needs. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? quoteString(expression.value) : String(expression.value);
    case 'property':
      return `${expression.scope}[${quoteString(expression.name)}]`;
    case 'variable':
      return expression.name;
    case 'list':
      return `[${expression.items.map(printExpression).join(', ')}]`;
    case 'call':
      return `${expression.function}(${expression.arguments.map(printExpression).join(', ')})`;
    case 'binding':
      return `${expression.function}(${[expression.variable, ...expression.arguments.map(printExpression)].join(', ')})`;
    case 'member':
      return `${parenthesize(expression.of, OPERAND_PRECEDENCE)}[${printExpression(expression.key)}]`;
    case 'unary':
      return `${expression.operator === 'not' ? 'not ' : '-'}${parenthesize(expression.operand, precedenceOf(expression))}`;
    case 'binary': {
      const { operator, left, right } = expression;
      const precedence = PRECEDENCE[operator];
      return `${parenthesize(left, precedence)} ${operator} ${parenthesize(right, precedence + 1)}`;
    }
  }
}

/** In parentheses where it binds looser than its place asks for. */
function parenthesize(expression: Expression, minPrecedence: number): string {
  const text = printExpression(expression);
  return precedenceOf(expression) < minPrecedence ? `(${text})` : text;
}

function precedenceOf(expression: Expression): number {
  switch (expression.kind) {
    case 'binary':
      return PRECEDENCE[expression.operator];
    case 'unary':
      return expression.operator === 'not' ? NOT_PRECEDENCE : MINUS_PRECEDENCE;
    default:
      return OPERAND_PRECEDENCE;
  }
}
