import { availableParallelism, loadavg } from 'node:os';

/** Returns the middle value, the higher one of two. */
export function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

/** Returns one value as a multiple of another, with two decimals. */
export function ratio(value, base) {
  return (value / base).toFixed(2);
}

/** Milliseconds of some work. */
export async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Prints how busy the machine is: on a busy one ratios still hold, roughly. */
export function describeLoad() {
  const [minute, five] = loadavg();
  return `load ${minute.toFixed(1)} in the last minute, ${five.toFixed(1)} in the last five, ${availableParallelism()} cores`;
}

/**
 * Prints figures with their goals, or hands them to `bench/all.js` for its table. A goal is `{ atMost }` or
 * `{ atLeast }`.
 */
export function report(what, value, goal, unit = '') {
  const figure = { what, value, goal, unit };
  console.log(describeFigure(figure));
  process.send?.({ figure });
}

export function isMet({ value, goal: { atMost, atLeast } }) {
  return atMost === undefined ? value >= atLeast : value <= atMost;
}

export function describeGoal({ goal: { atMost, atLeast }, unit }) {
  return atMost === undefined ? `≥ ${atLeast}${unit}` : `≤ ${atMost}${unit}`;
}

export function describeValue({ value, unit }) {
  return `${value.toFixed(value < 20 ? 2 : 0)}${unit}`;
}

function describeFigure(figure) {
  return `${figure.what}: ${describeValue(figure)} (goal ${describeGoal(figure)}, ${isMet(figure) ? 'met' : 'missed'})`;
}
