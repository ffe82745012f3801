import { constants, existsSync } from "node:fs";
import {
  cp,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  unlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { crc32 } from "node:zlib";
import { TrackerUnreachableError } from "@acc/core";
import type { DvcLiveOptions } from "./live-options.ts";
import type { LiveRecording } from "./live-recording.ts";
import type { LiveState, MetricFile } from "./live-state.ts";
import { updateParams } from "./params-yaml.ts";
import { Summary } from "./summary.ts";

const CLEARED = ["plots/metrics", "plots/images", "plots/custom", "plots/sklearn"];
const CLEARED_FILES = ["metrics.json", "params.yaml", "report.html", "report.md"];
const CHUNK_BYTES = 1 << 20;

/** The files of a run: `plots/`, `metrics.json` and `params.yaml` in its folder, and `dvc.yaml`. */
export class LiveFolder {
  /** Working directory of the run. */
  readonly root: string;
  /** Absolute path of the folder. */
  readonly path: string;
  /** Absolute path of `dvc.yaml`; undefined if it is not to be kept. */
  readonly dvcYaml: string | undefined;

  constructor(root: string, { dir = "dvclive", dvcyaml }: DvcLiveOptions) {
    this.root = root;
    this.path = resolve(root, dir);
    // DVC takes no paths from outside; each such run would only add more of them to the file.
    const isOutside = relative(root, this.path).split(sep)[0] === "..";
    const yaml = dvcyaml ?? (isOutside ? false : "dvc.yaml");
    this.dvcYaml = yaml === false ? undefined : resolve(root, yaml);
  }

  /** The folder as `dvc.yaml` names it. */
  get nameInDvcYaml(): string {
    const from = this.dvcYaml ? dirname(this.dvcYaml) : this.root;
    return toPosix(relative(from, this.path));
  }

  /** Removes what an earlier run left. */
  async clear(): Promise<void> {
    await mkdir(this.path, { recursive: true });
    const yamls = (await readdir(this.path)).filter((name) => name.endsWith("dvc.yaml"));
    for (const name of [...CLEARED, ...CLEARED_FILES, ...yamls]) {
      await rm(join(this.path, name), { recursive: true, force: true });
    }
  }

  /**
   * Takes over an earlier run of the folder: its last step, its latest values, its files. If `metrics.json` is missing
   * or damaged, the files of the metrics say the step.
   *
   * @returns what is wrong with `metrics.json`, if anything is.
   */
  async resume(state: LiveState): Promise<string | undefined> {
    await mkdir(this.path, { recursive: true });
    const folder = join(this.path, "plots/metrics");
    const files = existsSync(folder) ? await readdir(folder, { recursive: true }) : [];
    let lastStep = Number.NaN;
    for (const file of files.filter((name) => name.endsWith(".tsv")).sort()) {
      const content = await readFile(join(folder, file));
      const hasTimestamps = content.toString("utf8", 0, 16).startsWith("timestamp\t");
      const lastRow = content.subarray(content.lastIndexOf("\n", -2) + 1).toString();
      const step = Number.parseFloat(lastRow.split("\t")[hasTimestamps ? 1 : 0] ?? "");
      lastStep = Math.max(Number.isNaN(lastStep) ? step : lastStep, step) || lastStep;
      const name = toPosix(file).slice(0, -".tsv".length);
      const known = { name, size: content.length, crc: crc32(content), hasTimestamps };
      state.metrics.push([name, known]);
    }
    const text = await this.#read("metrics.json");
    const summary = text === undefined ? new Summary() : Summary.parse(text);
    const isDamaged = summary instanceof Error;
    if (!isDamaged) state.summary = summary.entries();
    if (!isDamaged && text !== undefined) lastStep = Number(summary.get("step") ?? Number.NaN);
    state.step = Number.isFinite(lastStep) ? lastStep + 1 : null;
    state.isResumed = true;
    state.hasParams = existsSync(join(this.path, "params.yaml"));
    return isDamaged ? summary.message : undefined;
  }

  /** @throws {TrackerUnreachableError} if the folder holds another run by now, or less than was written. */
  async verify({ metrics }: LiveState): Promise<void> {
    for (const [, file] of metrics) {
      if (file.size > 0 && (await this.#checksum(file)) !== file.crc) throw this.#replaced(file);
    }
  }

  /** Writes what was collected; doing it again comes to the same. */
  async apply(recording: LiveRecording): Promise<void> {
    for (const [file, rows] of recording.rows) await this.#append(file, rows);
    for (const [name, content] of recording.files) await this.#write(name, content);
    for (const [name, source] of recording.copies) await this.#copy(source, name);
    if (recording.isConfigured) {
      const text = await this.#read("params.yaml");
      await this.#write("params.yaml", updateParams(text, [...recording.params]));
    }
    if (recording.isSynced) await this.#write("metrics.json", recording.summary.toText());
  }

  /** Appends rows behind what is known of the file, over what a delivery left there that did not complete. */
  async #append(file: MetricFile, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    const path = this.#pathOf(file);
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT);
    try {
      const { size } = await handle.stat();
      if (size < file.size) throw this.#replaced(file);
      if (size > file.size) await handle.truncate(file.size);
      for (let at = 0; at < bytes.length; ) {
        at += (await handle.write(bytes, at, bytes.length - at, file.size + at)).bytesWritten;
      }
    } finally {
      await handle.close();
    }
    file.size += bytes.length;
    file.crc = crc32(bytes, file.crc);
  }

  /** Cuts off what is beyond the known rows, from deliveries that failed, and waits until the disk has them. */
  async close({ metrics }: LiveState): Promise<void> {
    for (const [, file] of metrics) {
      if (file.size > 0) await closeFile(this.#pathOf(file), file.size);
    }
    for (const name of ["params.yaml", "metrics.json"]) {
      const path = join(this.path, name);
      if (existsSync(path)) await closeFile(path);
    }
  }

  /** Text of a file of the folder; undefined if there is none. */
  async #read(name: string): Promise<string | undefined> {
    const path = join(this.path, name);
    return existsSync(path) ? readFile(path, "utf8") : undefined;
  }

  async #write(name: string, content: string | Uint8Array): Promise<void> {
    await replaceFile(join(this.path, name), content);
  }

  /** Copies a file or a folder to a place in this folder, over what is there. */
  async #copy(source: string, name: string): Promise<void> {
    const path = join(this.path, name);
    const temporary = `${path}.tmp`;
    await mkdir(dirname(path), { recursive: true });
    await rm(temporary, { recursive: true, force: true });
    await cp(source, temporary, { recursive: true });
    await rm(path, { recursive: true, force: true });
    await rename(temporary, path);
  }

  async #checksum({ name, size }: MetricFile): Promise<number | undefined> {
    const path = join(this.path, "plots/metrics", `${name}.tsv`);
    if (!existsSync(path)) return undefined;
    const handle = await open(path);
    try {
      let [crc, at] = [0, 0];
      const buffer = Buffer.allocUnsafe(Math.min(size, CHUNK_BYTES));
      while (at < size) {
        const length = Math.min(buffer.length, size - at);
        const { bytesRead } = await handle.read(buffer, 0, length, at);
        if (bytesRead === 0) return undefined;
        crc = crc32(buffer.subarray(0, bytesRead), crc);
        at += bytesRead;
      }
      return crc;
    } finally {
      await handle.close();
    }
  }

  #pathOf({ name }: MetricFile): string {
    return join(this.path, "plots/metrics", `${name}.tsv`);
  }

  #replaced(file: MetricFile): TrackerUnreachableError {
    return new TrackerUnreachableError(
      `${this.#pathOf(file)} is no longer what this run wrote; another run has cleared or changed ${this.path}. ` +
        "Give each run a folder of its own with the option dir, or restore this one.",
      { permanent: true },
    );
  }
}

/**
 * Replaces a file in one piece: DVC and editors watch it. The temporary name is the same in every process, so that one
 * which goes on after a crash leaves none behind.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {}); // it may not exist; the first error counts
    throw error;
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

function toPosix(path: string): string {
  return path.split(sep).join("/");
}
