import { existsSync } from "node:fs";
import { cp, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AcceleratorError } from "@acc/core/tracker";
import { appendAt, replaceFile, ShortFileError } from "@acc/tracker-kit";
import { type DvcEntries, updateDvcYaml } from "./format/dvc-yaml.ts";
import { updateParams } from "./format/params-yaml.ts";
import type { Operation } from "./operation.ts";
import type { RunFolder } from "./run-folder.ts";
import { type LiveState, metricPath } from "./state.ts";

/** The files of a run: `plots/`, `metrics.json` and `params.yaml` in its folder, and `dvc.yaml`. */
export class Sink {
  readonly folder: RunFolder;
  readonly #warn: (message: string) => void;
  /** The last entries of `dvc.yaml`, as text: the file is not written again for equal ones. */
  #written = "";

  constructor(folder: RunFolder, warn: (message: string) => void) {
    this.folder = folder;
    this.#warn = warn;
  }

  /** Resolves when everything is written. It is idempotent. */
  async send(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      switch (operation.kind) {
        case "rows":
          await this.#append(operation);
          break;
        case "file":
          await replaceFile(this.folder.pathOf(operation.path), operation.content);
          break;
        case "copy":
          await this.#copy(operation.source, operation.path);
          break;
        case "params": {
          const text = await this.folder.read("params.yaml");
          const updated = updateParams(text, operation.values);
          await replaceFile(this.folder.pathOf("params.yaml"), updated);
          break;
        }
        case "dvc-yaml":
          await this.#writeDvcYaml(operation.entries, operation.keepsOthers);
          break;
        default:
          operation satisfies never;
      }
    }
  }

  /** Cuts off rows of deliveries that failed, and waits until the disk has everything. */
  async close({ metrics }: LiveState): Promise<void> {
    for (const [, file] of metrics) {
      if (file.size > 0) await closeFile(this.folder.pathOf(metricPath(file)), file.size);
    }
    for (const name of ["params.yaml", "metrics.json"]) {
      const path = this.folder.pathOf(name);
      if (existsSync(path)) await closeFile(path);
    }
  }

  /** Writes rows behind those that are known, over rows of a delivery that did not complete. */
  async #append({ path: name, offset, text }: Operation & { kind: "rows" }): Promise<void> {
    try {
      await appendAt(this.folder.pathOf(name), offset, Buffer.from(text));
    } catch (error) {
      throw error instanceof ShortFileError ? this.folder.replaced(name) : error;
    }
  }

  /** Copies a file or a folder into this folder, in place of an earlier one. */
  async #copy(source: string, name: string): Promise<void> {
    const path = this.folder.pathOf(name);
    const temporary = `${path}.tmp`;
    await mkdir(dirname(path), { recursive: true });
    await rm(temporary, { recursive: true, force: true });
    await cp(source, temporary, { recursive: true });
    await rm(path, { recursive: true, force: true });
    await rename(temporary, path);
  }

  /** If `dvc.yaml` cannot be edited, it stays as it is: the run's own files are more important. */
  async #writeDvcYaml(entries: DvcEntries, keepsOthers: boolean): Promise<void> {
    const { dvcYaml, nameInDvcYaml } = this.folder;
    if (!dvcYaml) return;
    const written = JSON.stringify([entries, [...entries.artifacts]]);
    if (written === this.#written) return;
    try {
      const text = existsSync(dvcYaml) ? await readFile(dvcYaml, "utf8") : undefined;
      const updated = updateDvcYaml(text, entries, { folder: nameInDvcYaml, keepsOthers });
      if (updated !== (text ?? "")) await replaceFile(dvcYaml, updated);
    } catch (error) {
      if (!(error instanceof AcceleratorError)) throw error;
      this.#warn(error.message);
    }
    this.#written = written;
  }
}

/** Waits until the disk has a file, of which `size` bytes count. */
async function closeFile(path: string, size?: number): Promise<void> {
  const handle = await open(path, "r+");
  try {
    if (size !== undefined && (await handle.stat()).size > size) await handle.truncate(size);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
