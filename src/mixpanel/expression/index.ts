export { explainExpression } from './error-excerpt.js';
export { ExpressionError } from './expression-error.js';
export { toMixpanel } from './operator-aliases.js';
export { parseExpression } from './parser.js';
export { print } from './printer.js';
export type { Expression, FunctionName } from './syntax.js';
