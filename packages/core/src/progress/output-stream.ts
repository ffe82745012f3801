import { replaceWrite } from "../replaced-write.ts";

/** What a terminal needs of `process.stdout` and `process.stderr`. */
export type OutputStream = {
  write(text: string | Uint8Array, ...rest: never[]): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

type Around = {
  before(): void;
  /** @param endsLine whether what was written ends with a line break. */
  after(endsLine: boolean): void;
};

/**
 * From now on what anybody writes to these streams, as `console.log` does, happens between `before` and `after`, as far
 * as they are terminals.
 *
 * @returns ends this.
 */
export function aroundWrites(streams: readonly OutputStream[], around: Around): () => void {
  const terminals = [...new Set(streams)].filter(({ isTTY }) => isTTY);
  const ends = terminals.map((stream) =>
    replaceWrite(stream, (write) => (text, ...rest) => {
      around.before();
      const result = write(text, ...rest);
      around.after(text.at(-1) === "\n" || text.at(-1) === LINE_BREAK);
      return result;
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}

const LINE_BREAK = 10;
