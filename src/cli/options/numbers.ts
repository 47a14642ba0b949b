import { InvalidArgumentError } from 'commander';

const MAX_PORT = 65_535;

/** Reads an option that is a number; what is none ends the call with a sentence about the option. */
export function parseWholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}

export function parsePositiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0 && Number.isFinite(number))) {
    throw new InvalidArgumentError('It takes a number above 0.');
  }
  return number;
}

export function parsePort(text: string): number {
  const port = parseWholeNumber(text);
  if (port > MAX_PORT) throw new InvalidArgumentError(`The highest port is ${MAX_PORT}.`);
  return port;
}
