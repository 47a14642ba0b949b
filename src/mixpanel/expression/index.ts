export { explainExpressionError } from './error-excerpt.js';
export { ExpressionError } from './expression-error.js';
export { normalizeOperators } from './operator-aliases.js';
export { doubtsAbout, parseExpression } from './parser.js';
export { printExpression } from './printer.js';
export { type BinaryExpression, type Expression, unchain } from './syntax.js';
