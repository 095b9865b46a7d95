/** Streams cut to size. */

export interface Block {
  readonly block: Buffer;
  readonly isLast: boolean;
}

/** The content in blocks of `bytes`; only the last is shorter, and it is there, if empty, for an empty content, too. */
export async function* blocks(content: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Block, void> {
  let chunks: Buffer[] = [];
  let held = 0;
  for await (const chunk of content) {
    chunks.push(chunk);
    held += chunk.length;
    // A block that is just full is held back until it is known whether more comes.
    if (held <= bytes) continue;
    let rest = Buffer.concat(chunks, held);
    for (; rest.length > bytes; rest = rest.subarray(bytes)) yield { block: rest.subarray(0, bytes), isLast: false };
    chunks = [rest];
    held = rest.length;
  }
  yield { block: Buffer.concat(chunks, held), isLast: true };
}

/** The first `bytes` of the content, fewer only if it has no more, and what comes behind them. */
export async function splitOff(
  content: AsyncIterable<Buffer>,
  bytes: number,
): Promise<[Buffer, AsyncGenerator<Buffer, void>]> {
  const iterator = content[Symbol.asyncIterator]();
  let read = Buffer.alloc(0);
  while (read.length < bytes) {
    const { done, value } = await iterator.next();
    if (done) break;
    read = Buffer.concat([read, value]);
  }
  return [read.subarray(0, bytes), after(read.subarray(bytes), iterator)];
}

async function* after(first: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    yield first;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
