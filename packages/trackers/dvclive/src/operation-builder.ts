import { crc32 } from "node:zlib";
import type {
  ArtifactData,
  FigureData,
  ImageData,
  LogContext,
  LogValue,
  MediaData,
  TableData,
} from "@acc/core/tracker";
import {
  encodedOrLeftOut,
  encodePng,
  type FigurePictures,
  figureJson,
  flatten,
  imagesOf,
  isoText,
  kindOf,
  type LeaveOut,
  pythonNumber,
  requireMedia,
  scalarOf,
} from "@acc/tracker-kit";
import { dvcEntries } from "./dvc-entries.ts";
import { headerLine, rowLine, type Scalar } from "./format/metric-table.ts";
import { pythonJson } from "./format/python-json.ts";
import { metricName, safeName } from "./format/safe-name.ts";
import { Summary } from "./format/summary.ts";
import type { Operation } from "./operation.ts";
import { type LiveState, type MetricFile, metricPath } from "./state.ts";

type Fields = { readonly [name: string]: LogValue };

export type OperationBuilderOptions = {
  /** The folder of the run, relative to that of `dvc.yaml`. */
  readonly folder: string;
  readonly pictures: FigurePictures;
  readonly leaveOut: LeaveOut;
};

const MEDIA_FOLDER = "artifacts/media";

/** Collects the operations of a delivery, and the state after it. Values of one file become one operation. */
export class OperationBuilder {
  readonly #options: OperationBuilderOptions;
  readonly #state: LiveState;
  readonly #metrics: Map<string, MetricFile>;
  readonly #names: Set<string>;
  readonly #summary: Summary;
  readonly #rows = new Map<MetricFile, { readonly offset: number; text: string }>();
  readonly #files = new Map<string, string | Uint8Array>();
  readonly #copies = new Map<string, string>();
  readonly #params = new Map<string, LogValue>();
  /** Whether parameters were given, even an empty set, so that `params.yaml` must be written. */
  #isConfigured = false;
  /** Whether a step has ended, so that `metrics.json` must be written. */
  #isSynced = false;

  /** @param state is changed. */
  constructor(state: LiveState, options: OperationBuilderOptions) {
    this.#state = state;
    this.#options = options;
    this.#summary = new Summary(state.summary);
    this.#metrics = new Map(state.metrics);
    this.#names = new Set(state.metrics.map(([, { name }]) => fileIdentity(name)));
  }

  get operations(): readonly Operation[] {
    const { state } = this;
    const entries = dvcEntries(state, this.#options.folder);
    return [
      ...[...this.#rows].map(
        ([file, rows]): Operation => ({ kind: "rows", path: metricPath(file), ...rows }),
      ),
      ...[...this.#files].map(([path, content]): Operation => ({ kind: "file", path, content })),
      ...[...this.#copies].map(([path, source]): Operation => ({ kind: "copy", path, source })),
      ...(this.#isConfigured ? [{ kind: "params", values: [...this.#params] } as const] : []),
      ...(this.#isSynced
        ? [{ kind: "file", path: "metrics.json", content: this.#summary.toText() } as const]
        : []),
      { kind: "dvc-yaml", entries, keepsOthers: state.isResumed },
    ];
  }

  get state(): LiveState {
    return { ...this.#state, summary: this.#summary.entries(), metrics: [...this.#metrics] };
  }

  /** Values of the current step; nested ones by their path. */
  metrics(values: Fields, context: LogContext): void {
    if (context.step !== undefined) this.#state.step = context.step;
    for (const [key, value] of flatten(values)) {
      const scalar = toScalar(value);
      if (scalar !== undefined) this.metric(key, scalar, context);
      else {
        const what = `${key} (${kindOf(value)})`;
        const advice = "log a number, a text or an object of them, or a table.";
        this.#options.leaveOut(what, advice);
      }
    }
  }

  metric(key: string, value: Scalar, { wallTimeMs = 0, options = {} }: LogContext): void {
    const file = this.#fileOf(key);
    if (!this.#summary.set(file.name, pythonJson(value))) {
      const advice = "its values are in plots/metrics alone; choose another name.";
      this.#options.leaveOut(
        `${key} in metrics.json, where a group or a value has its name`,
        advice,
      );
    }
    if (options.plot === false) return;
    let header = "";
    if (file.size === 0) {
      file.hasTimestamps = options.timestamp === true;
      header = headerLine(file.name, file.hasTimestamps);
    }
    const time = file.hasTimestamps ? wallTimeMs : undefined;
    this.#append(file, header + rowLine(this.#state.step ?? 0, value, time));
  }

  nextStep(): void {
    this.#state.step ??= 0;
    this.sync();
    this.#state.step += 1;
  }

  setStep(step: number): void {
    this.#state.step = step;
  }

  /** The last update: the summary keeps its step, not that of values still to come. */
  end(): void {
    const step = this.#summary.get("step");
    if (step !== undefined) this.setStep(Number(step));
    this.sync();
  }

  /** Moves the values of the current step into the summary. */
  sync(): void {
    if (this.#state.step !== null) this.#summary.set("step", pythonNumber(this.#state.step));
    this.#isSynced = true;
  }

  params(values: Fields): void {
    for (const [name, value] of Object.entries(values)) this.#params.set(name, value);
    this.#state.hasParams ||= this.#params.size > 0;
    this.#isConfigured = true;
  }

  /** Images `<key>/<step>.png`, of a batch `<key>/<index>/<step>.png`; with `file` the key is the name of the file. */
  images(images: { readonly [key: string]: ImageData }, { step, options }: LogContext): void {
    const at = pythonNumber(step ?? this.#state.step ?? 0);
    for (const [key, image] of Object.entries(images)) {
      const name = safeName(key);
      const isSingle = image.shape.length !== 4;
      for (const [index, one] of imagesOf(image).entries()) {
        const place = isSingle ? name : `${name}/${index}`;
        const path = options?.file === true ? place : `${place}/${at}.png`;
        const { leaveOut } = this.#options;
        const encoded = encodedOrLeftOut(`the image ${key}`, leaveOut, () => encodePng(one));
        if (!encoded) continue;
        this.#files.set(`plots/images/${path}`, encoded.png);
        this.#state.hasImages = true;
      }
    }
  }

  /** A picture of each step among the images, and the figure itself beside it as JSON. */
  figures(figures: { readonly [name: string]: FigureData }, { step }: LogContext): void {
    const at = pythonNumber(step ?? this.#state.step ?? 0);
    for (const [key, figure] of Object.entries(figures)) {
      const name = safeName(key);
      const json = `${JSON.stringify(figureJson(figure))}\n`;
      this.#files.set(`plots/figures/${name}/${at}.${figure.type}.json`, json);
      const drawing = this.#options.pictures.get(figure);
      if (drawing && "picture" in drawing) {
        this.#files.set(`plots/images/${name}/${at}.png`, drawing.picture.bytes);
        this.#state.hasImages = true;
      } else {
        const reason = drawing?.reason ?? "it was not drawn";
        this.#options.leaveOut(`a picture of "${key}"`, `${reason}; its JSON is in plots/figures.`);
      }
    }
  }

  /** Files `artifacts/media/<key>/<step>.<format>`, which DVC tracks where DVC is used: DVC draws no such plots. */
  media(media: { readonly [key: string]: MediaData }, { step, options }: LogContext): void {
    const at = pythonNumber(step ?? this.#state.step ?? 0);
    for (const [key, one] of Object.entries(media)) {
      const { leaveOut } = this.#options;
      const known = encodedOrLeftOut(`"${key}"`, leaveOut, () => requireMedia(one));
      if (!known) continue;
      this.#files.set(`${MEDIA_FOLDER}/${safeName(key)}/${at}.${known.format}`, known.data);
      this.#track(MEDIA_FOLDER, options);
    }
  }

  /** A table of each step, `<name>/<step>.json`, drawn with the options that DVC has for plots. */
  tables(tables: { readonly [name: string]: TableData }, { step, options }: LogContext): void {
    const at = pythonNumber(step ?? this.#state.step ?? 0);
    for (const [key, { columns, rows }] of Object.entries(tables)) {
      const points = rows.map((row) =>
        Object.fromEntries(columns.map((column, index) => [column, row[index]])),
      );
      const name = safeName(key);
      this.#addPlot(`plots/custom/${name}`, options);
      this.#files.set(`plots/custom/${name}/${at}.json`, `${pythonJson(points)}\n`);
    }
  }

  plot(key: string, points: LogValue, options: Fields): void {
    const path = `plots/custom/${safeName(key)}.json`;
    this.#files.set(path, `${pythonJson(points)}\n`);
    this.#addPlot(path, options);
  }

  /** A copy in `artifacts/`, which DVC tracks where DVC is used; `dvc.yaml` describes it if the user gave a description. */
  artifact({ name, path, type }: ArtifactData, { options = {} }: LogContext): void {
    const place = `artifacts/${safeName(name)}`;
    this.#copies.set(place, path);
    const { desc, labels, meta } = options;
    this.#track(place, options);
    const fields = Object.entries({ type, desc, labels, meta }).filter(
      ([, value]) => value !== undefined && value !== null,
    );
    if (fields.length === 0) return;
    const id = artifactId(name);
    const others = this.#state.artifacts.filter(([other]) => other !== id);
    this.#state.artifacts = [...others, [id, Object.fromEntries([["path", place], ...fields])]];
  }

  #track(place: string, { cache }: Fields = {}): void {
    if (cache !== false && !this.#state.toAdd.includes(place)) this.#state.toAdd.push(place);
  }

  #append(file: MetricFile, text: string): void {
    const rows = this.#rows.get(file) ?? { offset: file.size, text: "" };
    rows.text += text;
    this.#rows.set(file, rows);
    file.size += Buffer.byteLength(text);
    file.crc = crc32(text, file.crc);
  }

  #addPlot(path: string, options: Fields | undefined): void {
    const given = options && Object.keys(options).length > 0 ? { options } : {};
    const others = this.#state.plots.filter((plot) => plot.path !== path);
    this.#state.plots = [...others, { path, ...given }];
  }

  /** Different keys whose names are equal get different files. */
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

/** The identity of a file name: macOS and Windows ignore case. */
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
