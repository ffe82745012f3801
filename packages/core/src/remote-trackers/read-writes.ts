import { isOwnOutput } from "../own-output.ts";
import { replaceWrite } from "../replaced-write.ts";
import { WrittenText } from "../written-text.ts";

type Stream = "stdout" | "stderr";

/**
 * Reads along what the script writes to the terminal in this thread, as `console.log` does.
 *
 * @returns ends this.
 */
export function readWrites(read: (stream: Stream, text: string) => void): () => void {
  const ends = (["stdout", "stderr"] as const).map((name) =>
    replaceWrite(process[name], (write) => {
      const text = new WrittenText();
      const replaced = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
        const whole = isOwnOutput() ? "" : text.of(chunk, rest[0]);
        if (whole !== "") read(name, whole);
        return write(chunk, ...rest);
      };
      return replaced as typeof write;
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}
