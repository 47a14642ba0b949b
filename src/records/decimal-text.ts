/**
 * Returns a decimal without the zeros that end its fraction: `1.50` as `1.5`, `2.0` as `2`. In one pass: a pattern
 * such as `0+$` begins anew at each zero of `0.000…1`.
 */
export function withoutTrailingZeros(decimal: string): string {
  if (!decimal.includes('.')) return decimal;
  let end = decimal.length;
  while (decimal[end - 1] === '0') end -= 1;
  return decimal.slice(0, decimal[end - 1] === '.' ? end - 1 : end);
}
