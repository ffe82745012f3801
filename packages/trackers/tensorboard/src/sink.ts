import { rmSync } from "node:fs";
import { join } from "node:path";
import type { FinishStatus } from "@acc/core/tracker";
import { replaceFileSync } from "@acc/tracker-kit";
import { type Hparam, hparamsYaml } from "./format/hparams.ts";
import { SummaryWriter } from "./native/summary-writer.ts";
import type { Operation } from "./operation.ts";
import type { TensorBoardOptions } from "./options.ts";

/** The files of a run: its event file, those of its parts, and `hparams.yml`. */
export class Sink {
  readonly writer: SummaryWriter;
  readonly #options: TensorBoardOptions;
  #isEnded = false;
  readonly #partWriters = new Map<string, SummaryWriter>();

  constructor(directory: string, options: TensorBoardOptions) {
    this.#options = options;
    this.writer = new SummaryWriter(directory, options);
  }

  /**
   * When it returns, the operating system has everything; with `syncOnLog` the disk has it. If it throws, nothing is recorded.
   */
  send(operations: readonly Operation[]): void {
    const before = this.#writers.map((writer) => ({ writer, size: writer.size }));
    try {
      this.#write(operations);
    } catch (error) {
      for (const { writer, size } of before) writer.cutOff(size);
      throw error;
    }
  }

  #write(operations: readonly Operation[]): void {
    for (const operation of operations) {
      if (operation.kind === "hparams") this.#writeHparams(operation.hparams);
      else {
        const { folder, values, step, wallTimeMs } = operation;
        this.#writerOf(folder).addValues(values, step, wallTimeMs);
      }
    }
    if (!this.#options.syncOnLog) return;
    for (const writer of this.#writers) writer.flush();
  }

  /** @param status how a run with hparams ended; undefined for a run without them. */
  finish(status: FinishStatus | undefined): void {
    if (status !== undefined && !this.#isEnded) this.writer.addEnd(status);
    this.#isEnded = true;
    for (const writer of this.#writers) writer.close();
  }

  get #writers(): SummaryWriter[] {
    return [this.writer, ...this.#partWriters.values()];
  }

  #writerOf(folder: string): SummaryWriter {
    if (folder === "") return this.writer;
    let writer = this.#partWriters.get(folder);
    if (!writer) {
      writer = new SummaryWriter(join(this.writer.logDir, folder), this.#options);
      this.#partWriters.set(folder, writer);
    }
    return writer;
  }

  #writeHparams(hparams: ReadonlyMap<string, Hparam>): void {
    const { logDir } = this.writer;
    if (this.#options.hparams !== "subrun") {
      this.writer.addHparams(hparams);
      replaceFileSync(join(logDir, "hparams.yml"), hparamsYaml(hparams));
      return;
    }
    const directory = join(logDir, String(Date.now() / 1000));
    try {
      const writer = new SummaryWriter(directory, this.#options);
      writer.addHparams(hparams);
      writer.addEnd("success");
      writer.close();
      replaceFileSync(join(directory, "hparams.yml"), hparamsYaml(hparams));
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }
}
