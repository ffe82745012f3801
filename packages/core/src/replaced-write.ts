type Writable = { write(chunk: string | Uint8Array, ...rest: never[]): unknown };

/**
 * Replaces the `write` of a stream of the process, such as `process.stdout`.
 *
 * @param replacement gets the `write` that the stream had.
 * @returns a function that gives it back, unless somebody else has replaced it meanwhile, and calls ours.
 */
export function replaceWrite<Stream extends Writable>(
  stream: Stream,
  replacement: (write: Stream["write"]) => Stream["write"],
): () => void {
  const isOwn = Object.hasOwn(stream, "write");
  const { write } = stream;
  const replaced = replacement(((chunk, ...rest) =>
    write.call(stream, chunk, ...rest)) as Stream["write"]);
  stream.write = replaced;
  return () => {
    if (stream.write !== replaced) return;
    if (isOwn) stream.write = write;
    else delete (stream as { write?: unknown }).write;
  };
}
