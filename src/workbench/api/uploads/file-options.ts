import iconv from 'iconv-lite';
import * as z from 'zod';
import { COLUMN_TYPES } from '../../../records/column-types.js';
import type { OptionWording } from '../../../records/option-wording.js';
import { describeDateFormatProblem } from '../../../time/date-format.js';
import { SECOND_MS } from '../../../time/durations.js';
import { isZone } from '../../../time/zone.js';

const MAX_TEXT_CHARACTERS = 200;
const MAX_COLUMN_CHARACTERS = 1000;
const MAX_COLUMNS = 5000;

/** An empty field of a form is one that was not filled in. */
const text = z
  .string()
  .max(MAX_TEXT_CHARACTERS)
  .transform((value) => value.trim() || undefined)
  .optional();
const columnName = z.string().max(MAX_COLUMN_CHARACTERS);
const byColumn = <T extends z.ZodType>(value: T) =>
  z
    .record(columnName, value)
    .refine((entries) => Object.keys(entries).length <= MAX_COLUMNS)
    .optional();

/** What the page sends; what is wrong with the values is found by `findOptionIssues`. */
export const fileBody = z.object({
  connectionId: z.string(),
  time: z
    .number()
    .int()
    .min(0)
    .refine((time) => time * SECOND_MS < Number.MAX_SAFE_INTEGER),
  options: z.object({
    token: text,
    import: z.boolean().optional(),
    projectId: text,
    timezone: text,
    dateFormat: text,
    encoding: text,
    // A tab is a delimiter too.
    delimiter: z
      .string()
      .max(1)
      .transform((value) => value || undefined)
      .optional(),
    map: byColumn(columnName),
    types: byColumn(z.enum(COLUMN_TYPES)),
  }),
});

export type FileBody = z.output<typeof fileBody>;

/** Returns what is wrong with each option, a sentence by its key. */
export function findOptionIssues(
  { timezone, dateFormat, encoding, import: byImport, projectId }: FileBody['options'],
  datasourceProjectId: string | undefined,
): Record<string, string> {
  const formatProblem = dateFormat && describeDateFormatProblem(dateFormat);
  return {
    ...(timezone && !isZone(timezone)
      ? { timezone: `${JSON.stringify(timezone)} is not a time zone. Name one such as Europe/Berlin or UTC.` }
      : {}),
    ...(formatProblem ? { dateFormat: formatProblem } : {}),
    ...(encoding && !iconv.encodingExists(encoding)
      ? { encoding: `${JSON.stringify(encoding)} is not an encoding. Name one such as windows-1252.` }
      : {}),
    ...(byImport && !projectId && !datasourceProjectId
      ? { projectId: 'Import needs the project. Enter its id.' }
      : {}),
  };
}

/** The options as the page calls them. */
export const PAGE_WORDING: OptionWording = {
  encoding: 'Encoding',
  timezone: 'Time zone',
  textType: () => 'the type Text',
  map: (target, source) => `Choose ${JSON.stringify(source)} for ${LABELS[target] ?? target}.`,
  omit: () => 'To send it without, choose None.',
};

const LABELS: Record<string, string> = { event: 'Event name', distinct_id: 'Distinct ID', time: 'Time' };
