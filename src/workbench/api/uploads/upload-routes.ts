import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { PluginError } from '../../../errors.js';
import type { FileLine, UploadedResponse, UploadResponse } from '../../wire.js';
import { jsonBody } from '../json-body.js';
import { requireConnection, type Session } from '../sessions.js';
import { checkFile, sendFile } from './file-job.js';
import { type FileBody, fileBody, findOptionIssues } from './file-options.js';
import { streamLines } from './line-stream.js';
import { type UploadedFile, type UploadLimits, UploadStore } from './upload-store.js';

type Env = { Variables: { session: Session } };

const fileDescription = z.object({
  name: z.string().max(10_000),
  bytes: z.number().int().nonnegative(),
});

/**
 * Creates the routes for files of events. A file arrives in pieces, each a request of its own within the usual limits
 * of size and time; checking and sending answer with lines as they go on.
 */
export function createUploadRoutes(limits?: UploadLimits) {
  const store = new UploadStore(limits);
  const find = (context: Context<Env>) => store.get(context.get('session'), context.req.param('id') ?? '');

  /** Runs a job on a file, in place of an earlier check, but never beside one that sends. */
  function startJob(
    context: Context<Env>,
    kind: 'check' | 'send',
    work: (file: UploadedFile, emit: (line: FileLine) => void, signal: AbortSignal) => Promise<void>,
  ): Response {
    const file = find(context);
    if (file.content.bytes !== file.totalBytes) {
      throw new PluginError('INVALID_INPUT', 'The file has not arrived whole. Choose it again.');
    }
    if (file.running?.kind === 'send') {
      throw new PluginError('BUSY', 'This file is being sent. Wait for the end, or cancel it.');
    }
    file.running?.abort();
    const stop = new AbortController();
    const running = { kind, abort: () => stop.abort() };
    file.running = running;
    const lines = streamLines(async (emit, signal) => {
      try {
        await work(file, emit, AbortSignal.any([signal, stop.signal]));
      } finally {
        if (file.running === running) file.running = undefined;
      }
    }, context.req.raw.signal);
    return context.body(lines, 200, {
      'Content-Type': 'application/x-ndjson; charset=utf-8',
      // Keeps proxies from buffering the progress lines.
      'X-Accel-Buffering': 'no',
    });
  }

  /** Emits what is wrong with the options; returns whether nothing is. */
  function checkOptions(
    { options }: FileBody,
    projectId: string | undefined,
    emit: (line: FileLine) => void,
  ) {
    const issues = findOptionIssues(options, projectId);
    const wrong = Object.keys(issues).length > 0;
    if (wrong) {
      emit({ kind: 'failure', title: 'Invalid options', message: Object.values(issues).join(' '), issues });
    }
    return !wrong;
  }

  return new Hono<Env>()
    .post('/', jsonBody(fileDescription), async (context) => {
      const { name, bytes } = context.req.valid('json');
      const file = await store.create(context.get('session'), name, bytes);
      return context.json({ id: file.id, name: file.name } satisfies UploadResponse, 201);
    })
    .post('/:id/bytes', async (context) => {
      const { content, totalBytes } = find(context);
      const offset = Number(context.req.query('offset'));
      const piece = new Uint8Array(await context.req.arrayBuffer());
      if (offset !== content.bytes || offset + piece.length > totalBytes) {
        throw new PluginError('INVALID_INPUT', 'The file did not arrive in order. Choose it again.');
      }
      await content.write(piece);
      const whole = content.bytes === totalBytes;
      const response: UploadedResponse = {
        receivedBytes: content.bytes,
        ...(whole ? { hash: content.hash() } : {}),
      };
      return context.json(response);
    })
    .post('/:id/check', jsonBody(fileBody), (context) => {
      const body = context.req.valid('json');
      const { datasource } = requireConnection(context.get('session'), body.connectionId);
      return startJob(context, 'check', async (file, emit, signal) => {
        if (checkOptions(body, datasource.projectId, emit)) await checkFile(file, body, emit, signal);
      });
    })
    .post('/:id/send', jsonBody(fileBody), (context) => {
      const body = context.req.valid('json');
      const { plugin, datasource } = requireConnection(context.get('session'), body.connectionId);
      const { projectId = datasource.projectId } = body.options;
      return startJob(context, 'send', async (file, emit, signal) => {
        if (!checkOptions(body, datasource.projectId, emit)) return;
        await sendFile(file, { plugin, datasource: { ...datasource, projectId } }, body, emit, signal);
      });
    })
    .post('/:id/cancel', (context) => {
      find(context).running?.abort();
      return context.body(null, 204);
    })
    .post('/:id/rejected', (context) => {
      const { rejected } = find(context);
      if (!rejected) throw new PluginError('INVALID_INPUT', 'No record of this file was rejected.');
      return context.body(toStream(rejected.content.read()), 200, {
        'Content-Type': 'application/octet-stream',
        'X-File-Name': encodeURIComponent(rejected.name),
      });
    })
    .delete('/:id', (context) => {
      store.delete(context.get('session'), context.req.param('id'));
      return context.body(null, 204);
    });
}

function toStream(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => {
      await chunks.return(undefined);
    },
  });
}
