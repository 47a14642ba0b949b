import {
  type BinaryExpression,
  type Expression,
  MINUS_PRECEDENCE,
  NOT_PRECEDENCE,
  PRECEDENCE,
  unchain,
} from './syntax.js';
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
    case 'binary':
      return printChain(expression);
  }
}

/** Not recursive on the left: a chain of thousands of operators has as many levels there. */
function printChain(expression: BinaryExpression): string {
  const { first, links } = unchain(expression);
  let text = printExpression(first);
  let precedence: number = precedenceOf(first);
  for (const { operator, right } of links) {
    if (precedence < PRECEDENCE[operator]) text = `(${text})`;
    precedence = PRECEDENCE[operator];
    text = `${text} ${operator} ${parenthesize(right, precedence + 1)}`;
  }
  return text;
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
