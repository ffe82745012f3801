import { dirname } from "node:path";
import { messageOf } from "../errors.ts";
import type { CheckpointContent } from "./checkpoint-content.ts";
import type { Facts } from "./facts.ts";
import type { CheckpointWriter } from "./files/checkpoint-writer.ts";
import type { Manifest } from "./files/manifest.ts";
import type { RetentionRules } from "./files/retention-rules.ts";

export type DiskOptions = {
  readonly isDurable: boolean;
  /** Which numbered checkpoints are kept. */
  readonly rules: RetentionRules;
  readonly warn: (message: string) => void;
};

/** Writes checkpoints on a thread of its own, and removes those that are not to be kept. */
export class Disk {
  readonly #options: DiskOptions;
  #writer: Promise<CheckpointWriter> | undefined;

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  /** Starts the thread, which takes a moment. */
  start(): void {
    this.#writer ??= this.#open();
    this.#writer.catch(() => {}); // thrown where something is written
  }

  /**
   * Writes a checkpoint; afterwards removes those that no rule wants.
   *
   * @throws {AcceleratorError} `CHECKPOINT_…`; then nothing of it is left.
   */
  async write(
    { target, json, tensors, requires }: CheckpointContent,
    facts: Facts,
  ): Promise<Manifest> {
    this.start();
    const writer = await (this.#writer as Promise<CheckpointWriter>);
    const files = [
      ...[...tensors].map(([path, content]) => ({ path, tensors: content })),
      ...[...json].map(([path, content]) => ({ path, json: content })),
    ];
    const { isDurable } = this.#options;
    const settings = { isDurable, isReplacing: true };
    const all = { ...facts, requires, iteration: target.iteration ?? 0 };
    const manifest = await writer.write(target.path, files, all, settings);
    if (target.iteration !== undefined) await this.#retain(writer, dirname(target.path));
    return manifest;
  }

  /** The new checkpoint is there: that an old one could not be removed is no failure of it. */
  async #retain(writer: CheckpointWriter, folder: string): Promise<void> {
    const { rules, warn } = this.#options;
    if (Object.values(rules).every((rule) => rule === undefined)) return;
    try {
      await writer.retain(folder, rules);
    } catch (error) {
      warn(`saveState: old checkpoints in ${folder} could not be removed: ${messageOf(error)}`);
    }
  }

  async #open(): Promise<CheckpointWriter> {
    // Imported only here: every training script imports this module, but many save nothing.
    const { CheckpointWriter } = await import("./files/checkpoint-writer.ts");
    const writer = new CheckpointWriter(this.#options.warn);
    waitAtExit(writer);
    return writer;
  }

  /** Ends the thread, once it has written. The next write starts another. */
  async close(): Promise<void> {
    const writer = await this.#writer?.catch(() => undefined);
    this.#writer = undefined;
    if (!writer) return;
    await writer.close();
    writers.delete(writer);
  }
}

/** The writers of this thread. */
const writers = new Set<CheckpointWriter>();
let isWaiting = false;

/** The exit of this thread waits for what is being written. */
function waitAtExit(writer: CheckpointWriter): void {
  writers.add(writer);
  if (isWaiting) return;
  isWaiting = true;
  process.once("exit", () => {
    for (const each of writers) each.waitForExit();
  });
}
