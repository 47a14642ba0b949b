/** Returns the middle value, the higher one of two. */
export function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

/** Returns one value as a multiple of another, with two decimals. */
export function ratio(value, base) {
  return (value / base).toFixed(2);
}
