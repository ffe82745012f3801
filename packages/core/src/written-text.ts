import { StringDecoder } from "node:string_decoder";

/** The text of what is written to one stream: the output of a child process comes in bytes, cut anywhere. */
export class WrittenText {
  readonly #decoder = new StringDecoder("utf8");

  /** @param encoding of a chunk that is text, if `write` got one. */
  of(chunk: string | Uint8Array, encoding?: unknown): string {
    if (typeof chunk !== "string") return this.#decoder.write(Buffer.from(chunk));
    const isText = typeof encoding !== "string" || /^utf-?8$/i.test(encoding);
    if (!isText) return this.#decoder.write(Buffer.from(chunk, encoding as BufferEncoding));
    return this.end() + chunk;
  }

  /** What is left of a character that was begun. */
  end(): string {
    return this.#decoder.end();
  }
}
