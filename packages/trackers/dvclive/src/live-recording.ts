import type { ArtifactData, ImageData, LogContext, LogValue, TableData } from "@acc/core";
import { encodePng, flatten, imagesOf, kindOf, type LeftOut, scalarOf } from "@acc/tracker-kit";
import type { LiveState, MetricFile } from "./live-state.ts";
import { headerLine, rowLine, type Scalar } from "./metric-table.ts";
import { isoText, pythonJson, pythonNumber } from "./python-text.ts";
import { metricName, safeName } from "./safe-name.ts";
import { Summary } from "./summary.ts";

type Fields = { readonly [name: string]: LogValue };

/** Collects what a delivery writes, and the state after it; nothing reaches the disk here. */
export class LiveRecording {
  readonly state: LiveState;
  /** New lines of the metrics' files. */
  readonly rows: Map<MetricFile, string> = new Map();
  /** Whole files, by path below the folder. */
  readonly files: Map<string, string | Uint8Array> = new Map();
  /** Artifacts to copy, by path below the folder. */
  readonly copies: Map<string, string> = new Map();
  readonly params: Map<string, LogValue> = new Map();
  readonly summary: Summary;
  /** Whether a step has ended, so that `metrics.json` is due. */
  isSynced = false;
  /** Whether there were parameters, perhaps none in number, so that `params.yaml` is due. */
  isConfigured = false;
  readonly #leftOut: LeftOut;
  readonly #metrics: Map<string, MetricFile>;
  readonly #names: Set<string>;

  /** @param state is changed. */
  constructor(state: LiveState, leftOut: LeftOut) {
    this.state = state;
    this.summary = new Summary(state.summary);
    this.#leftOut = leftOut;
    this.#metrics = new Map(state.metrics);
    this.#names = new Set(state.metrics.map(([, { name }]) => fileIdentity(name)));
  }

  /** One call of `log`: values of one step, which it ends unless told otherwise. */
  log(values: { readonly [key: string]: LogValue }, context: LogContext, endsStep: boolean): void {
    if (context.step !== undefined) this.state.step = context.step;
    for (const [key, value] of flatten(values)) {
      const scalar = toScalar(value);
      if (scalar !== undefined) this.logMetric(key, scalar, context);
      else {
        const what = `${key} (${kindOf(value)})`;
        this.#leftOut.add(what, "log a number, a text or an object of them, or a table.");
      }
    }
    if (endsStep) this.nextStep();
    else this.sync();
  }

  logMetric(key: string, value: Scalar, { wallTimeMs = 0, options = {} }: LogContext): void {
    const file = this.#fileOf(key);
    if (!this.summary.set(file.name, pythonJson(value))) {
      const advice = "its values are in plots/metrics alone; choose another name.";
      this.#leftOut.add(`${key} in metrics.json, where a group or a value has its name`, advice);
    }
    if (options.plot === false) return;
    let text = this.rows.get(file);
    if (text === undefined && file.size === 0) {
      file.hasTimestamps = options.timestamp === true;
      text = headerLine(file.name, file.hasTimestamps);
    }
    const time = file.hasTimestamps ? wallTimeMs : undefined;
    this.rows.set(file, (text ?? "") + rowLine(this.state.step ?? 0, value, time));
  }

  nextStep(): void {
    this.state.step ??= 0;
    this.sync();
    this.state.step += 1;
  }

  setStep(step: number): void {
    this.state.step = step;
  }

  /** The last sync: the step of the summary stays, and not that of values still to come. */
  end(): void {
    const step = this.summary.get("step");
    if (step !== undefined) this.setStep(Number(step));
    this.sync();
  }

  /** Makes the latest values those of the current step. */
  sync(): void {
    if (this.state.step !== null) this.summary.set("step", pythonNumber(this.state.step));
    this.isSynced = true;
  }

  logParams(values: Fields): void {
    for (const [name, value] of Object.entries(values)) this.params.set(name, value);
    this.state.hasParams ||= this.params.size > 0;
    this.isConfigured = true;
  }

  /** Images `<key>/<step>.png`, of a batch `<key>/<index>/<step>.png`; with `file` the key is the name of the file. */
  logImages(images: { readonly [key: string]: ImageData }, { step, options }: LogContext): void {
    const at = pythonNumber(step ?? this.state.step ?? 0);
    for (const [key, image] of Object.entries(images)) {
      const name = safeName(key);
      const single = image.shape.length !== 4;
      for (const [index, one] of imagesOf(image).entries()) {
        const place = single ? name : `${name}/${index}`;
        const path = options?.file === true ? place : `${place}/${at}.png`;
        this.files.set(`plots/images/${path}`, encodePng(one).png);
      }
      this.state.hasImages = true;
    }
  }

  /** A table of each step, `<name>/<step>.json`, drawn with the options that DVC has for plots. */
  logTables(tables: { readonly [name: string]: TableData }, { step, options }: LogContext): void {
    const at = pythonNumber(step ?? this.state.step ?? 0);
    for (const [key, { columns, rows }] of Object.entries(tables)) {
      const points = rows.map((row) =>
        Object.fromEntries(columns.map((column, index) => [column, row[index]])),
      );
      const name = safeName(key);
      this.#addPlot(`plots/custom/${name}`, options);
      this.files.set(`plots/custom/${name}/${at}.json`, `${pythonJson(points)}\n`);
    }
  }

  logPlot(key: string, points: LogValue, options: Fields): void {
    const path = `plots/custom/${safeName(key)}.json`;
    this.files.set(path, `${pythonJson(points)}\n`);
    this.#addPlot(path, options);
  }

  /** A copy in `artifacts/`, which DVC tracks where there is DVC; described in `dvc.yaml` if there is what to say. */
  logArtifact({ name, path, type }: ArtifactData, { options = {} }: LogContext): void {
    const place = `artifacts/${safeName(name)}`;
    this.copies.set(place, path);
    const { desc, labels, meta, cache } = options;
    if (cache !== false && !this.state.toAdd.includes(place)) this.state.toAdd.push(place);
    const fields = Object.entries({ type, desc, labels, meta }).filter(
      ([, value]) => value !== undefined && value !== null,
    );
    if (fields.length === 0) return;
    const id = artifactId(name);
    const others = this.state.artifacts.filter(([other]) => other !== id);
    this.state.artifacts = [...others, [id, Object.fromEntries([["path", place], ...fields])]];
  }

  /** Puts what was collected into the state; once the rows are written, and their files' sizes with them. */
  complete(): LiveState {
    this.state.summary = this.summary.entries();
    this.state.metrics = [...this.#metrics];
    return this.state;
  }

  #addPlot(path: string, options: Fields | undefined): void {
    const given = options && Object.keys(options).length > 0 ? { options } : {};
    const others = this.state.plots.filter((plot) => plot.path !== path);
    this.state.plots = [...others, { path, ...given }];
  }

  /** Keys that come to the same name get files of their own. */
  #fileOf(key: string): MetricFile {
    const known = this.#metrics.get(key);
    if (known) return known;
    const base = metricName(key);
    let name = base;
    for (let number = 2; this.#names.has(fileIdentity(name)); number++) name = `${base}_${number}`;
    const file: MetricFile = { name, size: 0, crc: 0, hasTimestamps: false };
    this.#metrics.set(key, file);
    this.#names.add(fileIdentity(name));
    return file;
  }
}

/** Names of one identity are one file: macOS and Windows see no capitals. */
function fileIdentity(name: string): string {
  return process.platform === "linux" ? name : name.normalize("NFC").toLowerCase();
}

function toScalar(value: LogValue): Scalar | undefined {
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "bigint") {
    return value;
  }
  return value instanceof Date ? isoText(value) : scalarOf(value);
}

/** Names of artifacts are lower-case letters, digits, `-` and `/` in DVC. */
function artifactId(name: string): string {
  const stem = name.replace(/\.[^./]*$/, "").toLowerCase();
  return stem.replaceAll(/[^a-z0-9/-]+/g, "-").replaceAll(/^[-/]+|[-/]+$/g, "") || "artifact";
}
