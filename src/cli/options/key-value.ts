import { InvalidArgumentError } from 'commander';

/** Collects `-p key=value`; only the first `=` divides, since filters hold more of them. */
export function collectParameter(pair: string, previous: Record<string, string>): Record<string, string> {
  const separatorIndex = pair.indexOf('=');
  if (separatorIndex < 1) throw new InvalidArgumentError(`It takes key=value, not ${JSON.stringify(pair)}.`);
  return { ...previous, [pair.slice(0, separatorIndex)]: pair.slice(separatorIndex + 1) };
}
