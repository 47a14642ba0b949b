import { Option } from 'commander';
import { REGIONS } from '../../mixpanel/regions.js';

/** Returns the option `--region`. Its value is checked where the region of a datasource is. */
export function regionOption(description: string): Option {
  return new Option('--region <region>', description)
    .choices(REGIONS)
    .argParser((name) => name.toUpperCase());
}
