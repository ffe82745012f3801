import type { OutputStream } from "./output-stream.ts";

/** A stream that gets whole lines, and writes each with a label before it. */
export function labelled(stream: OutputStream, label: string): OutputStream {
  return {
    write: (text) =>
      stream.write(
        Buffer.from(text)
          .toString()
          .replace(/^(?=[\s\S])/gm, `[${label}] `),
      ),
  };
}
