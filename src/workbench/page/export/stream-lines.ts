import type { StreamLine } from '../../wire.js';

/** Yields the lines of a stream as they arrive. */
export async function* readStreamLines(response: Response): AsyncGenerator<StreamLine> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value = '' } = await reader.read();
    const lines = (rest + value).split('\n');
    rest = done ? '' : (lines.pop() ?? '');
    for (const line of lines) if (line !== '') yield JSON.parse(line) as StreamLine;
    if (done) return;
  }
}
