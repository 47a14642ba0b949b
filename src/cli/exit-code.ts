import { EXIT_CODES } from '../errors.js';

/** What each exit code means. */
export const EXIT_CODE_MEANINGS: Record<keyof typeof EXIT_CODES, string> = {
  other: 'anything else',
  input: 'wrong input',
  access: 'credentials or access',
  rateLimit: 'rate limit',
  upstream: 'network or Mixpanel',
  interrupted: 'cancelled with Ctrl-C',
};

/** Returns all exit codes in one line. */
export function describeExitCodes(): string {
  const names = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];
  return ['0 done', ...names.map((name) => `${EXIT_CODES[name]} ${EXIT_CODE_MEANINGS[name]}`)].join(', ');
}
