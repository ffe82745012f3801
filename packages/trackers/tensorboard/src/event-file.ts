import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileVersionEvent } from "./event.ts";
import { frameRecord } from "./record.ts";

let files = 0; // several files of one process may begin in the same second

/**
 * An event file, opened for appending and never rewritten. What `append` was given is with the operating
 * system when it returns: it survives the end of this process, however that comes.
 */
export class EventFile {
  readonly path: string;
  #descriptor: number | undefined;

  constructor(directory: string, suffix = "") {
    const now = Date.now();
    const seconds = String(Math.floor(now / 1000)).padStart(10, "0");
    mkdirSync(directory, { recursive: true });
    this.path = join(
      directory,
      `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${files++}${suffix}`,
    );
    this.#descriptor = openSync(this.path, "ax");
    this.append([fileVersionEvent(now)]);
  }

  /** Writes events in one piece. */
  append(events: readonly Uint8Array[]): void {
    if (this.#descriptor === undefined) throw new Error(`${this.path} is closed.`);
    const bytes = Buffer.concat(events.map(frameRecord));
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#descriptor, bytes, written);
    }
  }

  /** Waits until the disk has everything. */
  flush(): void {
    if (this.#descriptor !== undefined) fsyncSync(this.#descriptor);
  }

  /** Flushes and closes. A second call does nothing. */
  close(): void {
    if (this.#descriptor === undefined) return;
    this.flush();
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
