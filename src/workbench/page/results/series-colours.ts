export type Scheme = 'light' | 'dark';

/** Neighbours differ in hue and in lightness, so that colour-blind readers can tell them apart. */
const LIGHT = ['#7856ff', '#e8590c', '#0f9d8f', '#c2255c', '#1c7ed6', '#a97a00', '#495057', '#66a80f'];
const DARK = ['#a08aff', '#ff9d5c', '#4fd6c5', '#ff8fb4', '#74c0fc', '#f2c94c', '#ced4da', '#a9e34b'];

export function seriesColours(scheme: Scheme): readonly string[] {
  return scheme === 'dark' ? DARK : LIGHT;
}
