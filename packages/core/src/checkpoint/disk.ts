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
  #ready: CheckpointWriter | undefined;
  /** What is written once something else is over. The exit of this thread cannot wait for that. */
  #held: { readonly content: CheckpointContent; readonly facts: Facts } | undefined;

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  /** Starts the thread, which takes a moment. */
  start(): void {
    this.#writer ??= this.#open();
    this.#writer.catch(() => {}); // thrown where something is written
  }

  /** Resolves once the thread can be given something, also by the exit of this one; never rejects. */
  async ready(): Promise<void> {
    this.start();
    await this.#writer?.catch(() => {});
  }

  /**
   * Writes a checkpoint; afterwards removes those that no rule wants.
   *
   * @param rest what to wait for before, with the facts that only come then.
   * @throws {AcceleratorError} `CHECKPOINT_…`; then nothing of it is left.
   */
  async write(
    content: CheckpointContent,
    facts: Facts,
    rest: Promise<Pick<Facts, "metrics">>,
  ): Promise<Manifest> {
    this.start();
    this.#held = { content, facts };
    const [writer, more] = await Promise.all([
      this.#writer as Promise<CheckpointWriter>,
      rest,
    ]).finally(() => {
      this.#held = undefined;
    });
    const manifest = await this.#post(writer, content, { ...facts, ...more });
    const { path, iteration } = content.target;
    if (iteration !== undefined) await this.#retain(writer, dirname(path));
    return manifest;
  }

  /** Blocks this thread until everything is written: no promise settles any more. */
  writeForExit(): void {
    if (!this.#ready) return;
    if (this.#held) {
      const { content, facts } = this.#held;
      this.#post(this.#ready, content, facts).catch(() => {}); // nobody is there to hear of it
    }
    this.#ready.waitForExit();
  }

  /** Hands a checkpoint over, before it returns. */
  #post(
    writer: CheckpointWriter,
    { target, json, tensors, requires }: CheckpointContent,
    facts: Facts,
  ): Promise<Manifest> {
    const files = [
      ...[...tensors].map(([path, content]) => ({ path, tensors: content })),
      ...[...json].map(([path, content]) => ({ path, json: content })),
    ];
    const { isDurable } = this.#options;
    const settings = { isDurable, isReplacing: true };
    const all = { ...facts, requires, iteration: target.iteration ?? 0 };
    return writer.write(target.path, files, all, settings);
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
    this.#ready = writer;
    waitAtExit(this);
    return writer;
  }

  /** Ends the thread, once it has written. The next write starts another. */
  async close(): Promise<void> {
    const writer = await this.#writer?.catch(() => undefined);
    this.#writer = undefined;
    this.#ready = undefined;
    if (!writer) return;
    await writer.close();
    disks.delete(this);
  }
}

/** Those of this thread that have something open. */
const disks = new Set<Disk>();
let isWaiting = false;

/** The exit of this thread waits for what is to be written. */
function waitAtExit(disk: Disk): void {
  disks.add(disk);
  if (isWaiting) return;
  isWaiting = true;
  process.once("exit", () => {
    for (const each of disks) each.writeForExit();
  });
}
