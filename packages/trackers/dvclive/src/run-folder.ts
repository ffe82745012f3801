import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { crc32 } from "node:zlib";
import { TrackerUnreachableError } from "@acc/core/tracker";
import { movedPath, pathsBelow } from "@acc/tracker-kit";
import { Summary } from "./format/summary.ts";
import type { DvcLiveOptions } from "./options.ts";
import { type LiveState, type MetricFile, metricPath } from "./state.ts";

const CLEARED = ["plots/metrics", "plots/images", "plots/custom", "plots/sklearn"];
const CLEARED_FILES = ["metrics.json", "params.yaml", "report.html", "report.md"];
const CHUNK_BYTES = 1 << 20;

/** The paths of a run's files, and the preparation of its folder. */
export class RunFolder {
  /** Working directory of the run. */
  readonly root: string;
  /** Absolute path of the folder. */
  readonly path: string;
  /** Absolute path of `dvc.yaml`; undefined if there is to be none. */
  readonly dvcYaml: string | undefined;

  /** @param path absolute path of the folder, if it is not where the options say. */
  constructor(root: string, { dir = "dvclive", dvcyaml }: DvcLiveOptions, path?: string) {
    this.root = root;
    this.path = path ?? resolve(root, dir);
    // DVC accepts no paths outside its folder; each such run would only add more of them to the file.
    const isOutside = relative(root, this.path).split(sep)[0] === "..";
    const yaml = dvcyaml ?? (isOutside ? false : "dvc.yaml");
    this.dvcYaml = yaml === false ? undefined : resolve(root, yaml);
  }

  /**
   * The folder of a run that an earlier process began, which may have been moved with the run since: alone, or with the
   * working directory around it.
   *
   * @param runFolder the tracker's folder now.
   */
  static of({ root, folder }: LiveState, options: DvcLiveOptions, runFolder: string): RunFolder {
    const path = movedPath(folder, runFolder);
    const around = resolve(runFolder, root.fromRun);
    const isAround = relative(around, path) === relative(root.path, folder.path);
    return new RunFolder(isAround ? around : root.path, options, path);
  }

  /** The folder as `dvc.yaml` names it. */
  get nameInDvcYaml(): string {
    const from = this.dvcYaml ? dirname(this.dvcYaml) : this.root;
    return toPosix(relative(from, this.path));
  }

  /** Absolute path of a file of the folder. */
  pathOf(name: string): string {
    return join(this.path, name);
  }

  /** Text of a file of the folder; undefined if there is none. */
  async read(name: string): Promise<string | undefined> {
    const path = this.pathOf(name);
    return existsSync(path) ? readFile(path, "utf8") : undefined;
  }

  /** Removes the files of an earlier run. */
  async clear(): Promise<void> {
    await mkdir(this.path, { recursive: true });
    const yamls = (await readdir(this.path)).filter((name) => name.endsWith("dvc.yaml"));
    for (const name of [...CLEARED, ...CLEARED_FILES, ...yamls]) {
      await rm(this.pathOf(name), { recursive: true, force: true });
    }
  }

  /**
   * Takes over an earlier run of the folder: its last step, its latest values, its files. If `metrics.json` is missing
   * or damaged, the step comes from the files of the metrics.
   *
   * @param state is changed.
   * @returns what is wrong with `metrics.json`, if anything is.
   */
  async resume(state: LiveState): Promise<string | undefined> {
    await mkdir(this.path, { recursive: true });
    const folder = this.pathOf("plots/metrics");
    const files = existsSync(folder) ? pathsBelow(folder) : [];
    let lastStep = Number.NaN;
    for (const file of files.filter((name) => name.endsWith(".tsv"))) {
      const content = await readFile(join(folder, file));
      const hasTimestamps = content.toString("utf8", 0, 16).startsWith("timestamp\t");
      const lastRow = content.subarray(content.lastIndexOf("\n", -2) + 1).toString();
      const step = Number.parseFloat(lastRow.split("\t")[hasTimestamps ? 1 : 0] ?? "");
      lastStep = Math.max(Number.isNaN(lastStep) ? step : lastStep, step) || lastStep;
      const name = file.slice(0, -".tsv".length);
      const known = { name, size: content.length, crc: crc32(content), hasTimestamps };
      state.metrics.push([name, known]);
    }
    const text = await this.read("metrics.json");
    const summary = text === undefined ? new Summary() : Summary.parse(text);
    const isDamaged = summary instanceof Error;
    if (!isDamaged) state.summary = summary.entries();
    if (!isDamaged && text !== undefined) lastStep = Number(summary.get("step") ?? Number.NaN);
    state.step = Number.isFinite(lastStep) ? lastStep + 1 : null;
    state.isResumed = true;
    state.hasParams = existsSync(this.pathOf("params.yaml"));
    return isDamaged ? summary.message : undefined;
  }

  /** @throws {TrackerUnreachableError} if another run has changed the folder, or rows are missing. */
  async verify({ metrics }: LiveState): Promise<void> {
    for (const [, file] of metrics) {
      if (file.size > 0 && (await this.#checksum(file)) !== file.crc) {
        throw this.replaced(metricPath(file));
      }
    }
  }

  /** The error for a file that does not hold what this run wrote. */
  replaced(name: string): TrackerUnreachableError {
    return new TrackerUnreachableError(
      `${this.pathOf(name)} is no longer what this run wrote; another run has cleared or changed ${this.path}. ` +
        "Give each run a folder of its own with the option dir, or restore this one.",
      { permanent: true },
    );
  }

  async #checksum(file: MetricFile): Promise<number | undefined> {
    const path = this.pathOf(metricPath(file));
    if (!existsSync(path)) return undefined;
    const handle = await open(path);
    try {
      const { size } = file;
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
}

function toPosix(path: string): string {
  return path.split(sep).join("/");
}
