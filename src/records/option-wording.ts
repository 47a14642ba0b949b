/** How messages name the options by which a file is read otherwise. They differ between the doors of the product. */
export interface OptionWording {
  encoding: string;
  timezone: string;
  /** The option that keeps a column as text. */
  textType(column: string): string;
  /** A sentence: take a missing name from another field. */
  map(target: string, source: string): string;
  /** A sentence: send the events without that name. */
  omit(target: string): string;
}

/** The options of `mixpanel-datasource track`. */
export const COMMAND_LINE_WORDING: OptionWording = {
  encoding: '--encoding',
  timezone: '--timezone',
  textType: (column) => `--types ${column}=text`,
  map: (target, source) => `Use --map ${target}=${source}.`,
  omit: (target) => `To send it without, use --map ${target}=.`,
};
