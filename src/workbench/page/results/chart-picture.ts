import type { EChartsType } from 'echarts/core';
import type { Scheme } from './series-colours.js';

export interface LegendEntry {
  text: string;
  colour: string;
}

interface PictureParts {
  title: string;
  legend: readonly LegendEntry[];
  scheme: Scheme;
}

const SCALE = 2;
const PADDING = 20;
const LINE_HEIGHT = 26;
const COLOURS: Record<Scheme, { background: string; text: string }> = {
  light: { background: '#ffffff', text: '#1b1d22' },
  dark: { background: '#1b1d22', text: '#dfe2e8' },
};

/** Draws a chart with its title and legend, at twice its size, as PNG. */
export async function drawPicture(
  chart: EChartsType,
  { title, legend, scheme }: PictureParts,
): Promise<Blob> {
  const { background, text } = COLOURS[scheme];
  const [width, height] = [chart.getWidth(), chart.getHeight()];
  const font = getComputedStyle(document.body).fontFamily;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser cannot draw pictures.');
  context.font = `13px ${font}`;
  const places = placeLegend(legend, width, (entry) => context.measureText(entry).width);
  const head = PADDING + LINE_HEIGHT + (places.at(-1)?.y ?? -LINE_HEIGHT) + LINE_HEIGHT;
  canvas.width = (width + 2 * PADDING) * SCALE;
  canvas.height = (head + height + PADDING) * SCALE;
  // Setting the size resets the context.
  context.scale(SCALE, SCALE);
  context.fillStyle = background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = 'middle';
  context.fillStyle = text;
  context.font = `600 15px ${font}`;
  context.fillText(title, PADDING, PADDING + LINE_HEIGHT / 2);
  context.font = `13px ${font}`;
  for (const [index, { x, y }] of places.entries()) {
    const { text: label, colour } = legend[index]!;
    const middle = PADDING + LINE_HEIGHT + y + LINE_HEIGHT / 2;
    context.fillStyle = colour;
    context.fillRect(PADDING + x, middle - 5, 10, 10);
    context.fillStyle = text;
    context.fillText(label, PADDING + x + 16, middle);
  }
  const drawn = chart.renderToCanvas({ pixelRatio: SCALE, backgroundColor: background });
  context.drawImage(drawn, PADDING, head, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large to draw.'))));
  });
}

/** Returns where each entry begins; entries that do not fit on a line begin the next. */
function placeLegend(
  legend: readonly LegendEntry[],
  width: number,
  measure: (text: string) => number,
): { x: number; y: number }[] {
  let [x, y] = [0, 0];
  return legend.map(({ text }) => {
    const size = measure(text) + 36;
    if (x > 0 && x + size > width) [x, y] = [0, y + LINE_HEIGHT];
    const place = { x, y };
    x += size;
    return place;
  });
}
