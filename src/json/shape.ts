import { endOfString } from './string-scanner.js';

export interface ShapeLimits {
  /** Levels of lists and objects. */
  maxDepth: number;
  /** Lists, objects and separators together. */
  maxValues: number;
}

/**
 * Returns what about a JSON text is beyond the limits, or undefined. Looks at the text once, before it is parsed: to
 * parse millions of empty objects or brackets takes seconds. The text need not be valid.
 */
export function exceededShapeLimit(
  text: string,
  { maxDepth, maxValues }: ShapeLimits,
): keyof ShapeLimits | undefined {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at) - 1;
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth += 1;
        values += 1;
        if (depth > maxDepth) return 'maxDepth';
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
    }
    if (values > maxValues) return 'maxValues';
  }
  return undefined;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
