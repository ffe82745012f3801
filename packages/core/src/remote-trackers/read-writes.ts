import { isOwnOutput } from "../own-output.ts";
import { replaceWrite } from "../replaced-write.ts";

type Stream = "stdout" | "stderr";

/**
 * Reads along what the script writes to the terminal in this thread, as `console.log` does.
 *
 * @returns ends this.
 */
export function readWrites(read: (stream: Stream, text: string) => void): () => void {
  const ends = (["stdout", "stderr"] as const).map((name) =>
    replaceWrite(process[name], (write) => {
      const replaced = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
        if (!isOwnOutput())
          read(name, typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
        return write(chunk, ...rest);
      };
      return replaced as typeof write;
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}
