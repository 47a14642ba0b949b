import { hash } from 'node:crypto';
import { Fingerprint, FingerprintCounts } from './fingerprint.js';

/** With a hyphen and a count of seven digits this stays within the 36 characters of an `$insert_id`. */
const HASH_CHARACTERS = 28;

/**
 * Makes the ids of the items of a list from their content and from how many equal items came before: the same list
 * gives the same ids in another process too, in another order, and with other items mended or added.
 */
export class ContentIds {
  readonly #counts = new FingerprintCounts();
  readonly #fingerprint = new Fingerprint();

  next(content: string): string {
    const digest = hash('sha256', content, 'buffer');
    this.#fingerprint.low = digest.readInt32LE(0);
    this.#fingerprint.high = digest.readInt32LE(4);
    const earlier = this.#counts.add(this.#fingerprint);
    return `${digest.toString('hex').slice(0, HASH_CHARACTERS)}-${earlier.toString(36)}`;
  }
}
