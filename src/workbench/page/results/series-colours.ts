export type Scheme = 'light' | 'dark';

/** Neighbours differ in hue and in lightness, so that colour-blind readers can tell them apart. */
const LIGHT = ['#7856ff', '#e8590c', '#0f9d8f', '#c2255c', '#1c7ed6', '#a97a00', '#495057', '#66a80f'];
const DARK = ['#a08aff', '#ff9d5c', '#4fd6c5', '#ff8fb4', '#74c0fc', '#f2c94c', '#ced4da', '#a9e34b'];

export function seriesColours(scheme: Scheme): readonly string[] {
  return scheme === 'dark' ? DARK : LIGHT;
}

/** Gives names their colours. A name keeps the colour it had first, as long as no other in the chart has it. */
export function createColourBook(size = LIGHT.length) {
  const placeByName = new Map<string, number>();
  return (names: readonly string[]): number[] => {
    const taken = new Set<number>();
    return names.map((name) => {
      const known = placeByName.get(name) ?? placeByName.size % size;
      const free = Array.from({ length: size }, (_, index) => (known + index) % size).find(
        (place) => !taken.has(place),
      );
      const place = free ?? known;
      taken.add(place);
      if (!placeByName.has(name)) placeByName.set(name, place);
      return place;
    });
  };
}

/** The colours of this page: one name has one colour in the results of all commands. */
const colourPlaces = createColourBook();

export function coloursOf(names: readonly string[], scheme: Scheme): string[] {
  const colours = seriesColours(scheme);
  return colourPlaces(names).map((place) => colours[place % colours.length] ?? '');
}
