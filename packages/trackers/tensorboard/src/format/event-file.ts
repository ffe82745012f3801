import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { AcceleratorError } from "@acc/core/tracker";
import { fileVersionEvent } from "./event.ts";
import { frameRecord } from "./record.ts";

let files = 0; // several files of one process may begin in the same second

/**
 * An event file, opened for appending and never rewritten. When `append` returns, the operating system has the events:
 * they survive a crash of this process.
 */
export class EventFile {
  readonly path: string;
  #descriptor: number | undefined;
  #size = 0;

  /** @param first events behind the one that names the version. */
  constructor(directory: string, first: readonly Uint8Array[], suffix = "") {
    const now = Date.now();
    const seconds = String(Math.floor(now / 1000)).padStart(10, "0");
    mkdirSync(directory, { recursive: true });
    // Readers take the files of one second in the order of their names as texts, in which 10 is before 9.
    const number = (): string => String(files++).padStart(6, "0");
    const name = (): string =>
      `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${number()}${suffix}`;
    [this.path, this.#descriptor] = openNew(() => join(directory, name()));
    try {
      this.append([fileVersionEvent(now), ...first]);
    } catch (error) {
      closeSync(this.#descriptor);
      rmSync(this.path, { force: true }); // without its first records it is no event file
      throw error;
    }
  }

  /** Bytes of whole records. */
  get size(): number {
    return this.#size;
  }

  /**
   * Writes events with as few system calls as possible. If they cannot all be written, none of them stay: readers stop at a torn
   * record, and would not see what comes behind it.
   */
  append(events: readonly Uint8Array[]): void {
    const descriptor = this.#open();
    const bytes = Buffer.concat(events.map(frameRecord));
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(descriptor, bytes, written);
      }
    } catch (error) {
      this.cutOff(this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Removes what is behind the first `size` bytes. */
  cutOff(size: number): void {
    ftruncateSync(this.#open(), size);
    this.#size = size;
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

  #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor;
    throw new AcceleratorError(
      "STATE_INVALID",
      `The event file ${this.path} is closed; log before endTraining.`,
    );
  }
}

/** Another thread of this process counts its files from 0 too, so a name may be taken. */
function openNew(nextPath: () => string): [path: string, descriptor: number] {
  for (;;) {
    const path = nextPath();
    try {
      return [path, openSync(path, "ax")];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
