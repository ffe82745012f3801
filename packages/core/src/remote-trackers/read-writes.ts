import { isOwnOutput } from "../own-output.ts";

type Stream = "stdout" | "stderr";

/**
 * Reads along what the script writes to the terminal in this thread, as `console.log` does.
 *
 * @returns ends this.
 */
export function readWrites(read: (stream: Stream, text: string) => void): () => void {
  const ends = (["stdout", "stderr"] as const).map((name) => {
    const stream = process[name];
    const isOwn = Object.hasOwn(stream, "write");
    const { write } = stream;
    const replaced = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
      if (!isOwnOutput())
        read(name, typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
      return write.call(stream, chunk, ...rest);
    };
    stream.write = replaced as typeof stream.write;
    return () => {
      if (stream.write !== replaced) return; // somebody else replaced it as well, and calls ours
      if (isOwn) stream.write = write;
      else delete (stream as { write?: unknown }).write;
    };
  });
  return () => {
    for (const end of ends) end();
  };
}
