import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const rows = z.array(z.record(z.string(), z.unknown()));

const call = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string().startsWith('/'),
  query: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
});

/** The format of a recording; README.md beside this file describes each field. */
const recording = z.strictObject({
  source: z.string().min(1),
  date: z.iso.date().nullable(),
  certainty: z.enum(['recorded', 'documented', 'client', 'inferred']),
  note: z.string().optional(),
  command: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  datasource: z.record(z.string(), z.unknown()).optional(),
  request: call.partial().optional(),
  response: z.strictObject({
    status: z.number(),
    type: z.string().default('application/json'),
    headers: z.record(z.string(), z.string()).default({}),
    json: z.unknown().optional(),
    text: z.string().optional(),
  }),
  expect: z.strictObject({
    ok: z.boolean(),
    rows: z.unknown().optional(),
    includes: rows.optional(),
    count: z.number().optional(),
    columns: z.array(z.string()).optional(),
    lacks: z.array(z.string()).optional(),
    never: z.array(z.string()).optional(),
    messages: z.array(z.string()).optional(),
    quiet: z.literal(true).optional(),
    code: z.string().optional(),
    says: z.string().optional(),
  }),
  sandbox: z
    .union([z.strictObject({ request: call }), z.strictObject({ differs: z.string().min(1) })])
    .optional(),
});

export type Recording = z.output<typeof recording> & {
  /** Folder and file, such as `get-projects/no-projects`. */
  name: string;
};

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** Returns every recording in this folder, checked. Throws when a file does not have the format. */
export function readRecordings(): Recording[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: folder }) =>
      readdirSync(join(FOLDER, folder)).map((file) => {
        const name = `${folder}/${file.replace(/\.json$/, '')}`;
        const read = recording.safeParse(JSON.parse(readFileSync(join(FOLDER, folder, file), 'utf8')));
        if (!read.success) throw new Error(`${name}: ${z.prettifyError(read.error)}`);
        if (read.data.command.toLowerCase().replaceAll('_', '-') !== folder) {
          throw new Error(`${name}: is of ${read.data.command} and belongs into its folder`);
        }
        return { ...read.data, name };
      }),
    );
}

/** The text of a recorded answer's body. */
export function bodyOf({ response }: Pick<Recording, 'response'>): string {
  return response.text ?? JSON.stringify(response.json);
}
