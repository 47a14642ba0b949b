export { explainExpression } from './explain.js';
export { ExpressionError } from './expression-error.js';
export { parseExpression } from './parse.js';
export { print } from './print.js';
export type { Expression, FunctionName } from './syntax.js';
export { toMixpanel } from './to-mixpanel.js';
