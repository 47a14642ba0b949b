/** Returns the examples of a subcommand's help: what to type, and a few words about it. */
export function examples(...lines: readonly (readonly [args: string, remark?: string])[]): string {
  const shown = lines.map(([args, remark]) =>
    remark === undefined
      ? `  $ mixpanel-datasource ${args}`
      : `  $ mixpanel-datasource ${args}   # ${remark}`,
  );
  return `\nExamples:\n${shown.join('\n')}`;
}
