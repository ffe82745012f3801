import type {
  DeliveredEvent,
  FigureData,
  ImageData,
  LogContext,
  LogValue,
  RunConfig,
  TableData,
} from "@acc/core/tracker";
import {
  captionsOf,
  encodedOrLeftOut,
  type FigurePictures,
  flatten,
  isNested,
  kindOf,
  type LeaveOut,
  messageOf,
  type Translator,
  toJson,
} from "@acc/tracker-kit";
import { aimName, paramObject } from "./format/param-value.ts";
import {
  type TrackedValue,
  trackedAudio,
  trackedFigure,
  trackedImage,
  trackedPicture,
  trackedText,
  trackedValue,
} from "./format/tracked-value.ts";
import type { TreeObject } from "./format/tree.ts";
import type { Operation } from "./operation.ts";
import type { RecordingState } from "./state.ts";
import { attribute } from "./translate/attribute.ts";
import { Points } from "./translate/points.ts";
import { translateCall } from "./translate-call.ts";

export type TranslatorOptions = {
  /** Aim's identifier of the run. */
  readonly hash: string;
  /** Whether there is a place for artifacts. */
  readonly takesArtifacts: boolean;
  /** Of figures that Aim does not draw itself. */
  readonly pictures: FigurePictures;
  readonly leaveOut: LeaveOut;
  /** For values that are recorded elsewhere than they were logged to. */
  readonly warn: (message: string) => void;
};

/** A larger configuration is written entry by entry, so that the server has time for others. */
const MAX_ENTRIES_AT_ONCE = 100;
const METRICS_ADVICE = "log a number, a text, or an object of them";

/**
 * Turns events into operations at the server: numbers become metrics, strings texts, images image sequences, the
 * configuration `hparams`.
 */
export class AimTranslator implements Translator<RecordingState, Operation> {
  readonly #options: TranslatorOptions;
  readonly #points: Points;
  /** Made when all events are added: the last point of a sequence also writes its summary. */
  readonly #operations: (() => Operation)[] = [];
  #lastMs: number;

  constructor({ sequences, lastMs }: RecordingState, options: TranslatorOptions) {
    this.#options = options;
    this.#points = new Points(options.hash, sequences, options.warn);
    this.#lastMs = lastMs;
  }

  get operations(): readonly Operation[] {
    return this.#operations.map((make) => make());
  }

  get state(): RecordingState {
    return { sequences: this.#points.states, lastMs: this.#lastMs };
  }

  /** @throws {AcceleratorError} `VALUE_INVALID` for a call that the run does not have. */
  add(event: DeliveredEvent): void {
    if (event.type !== "config") {
      this.#lastMs = Math.max(this.#lastMs, event.context.wallTimeMs ?? 0);
    }
    switch (event.type) {
      case "config":
        this.#config(event.values);
        break;
      case "metrics":
        for (const [name, value] of flatten(event.values)) {
          const tracked = trackedValue(value);
          if (tracked) this.#point(name, tracked, event.context);
          else this.#options.leaveOut(`${name} (${kindOf(value)})`, METRICS_ADVICE);
        }
        break;
      case "images":
        for (const [name, image] of Object.entries(event.values)) {
          this.#image(name, image, event.context);
        }
        break;
      case "tables":
        for (const [name, table] of Object.entries(event.values)) {
          this.#point(name, trackedText(tableText(table)), event.context);
        }
        break;
      case "figures":
        for (const [name, figure] of Object.entries(event.values)) {
          this.#figure(name, figure, event.context);
        }
        break;
      case "media":
        for (const [name, media] of Object.entries(event.values)) {
          const { leaveOut } = this.#options;
          const audio = encodedOrLeftOut(`"${name}"`, leaveOut, () => trackedAudio(media));
          if (audio) this.#point(name, audio, event.context);
        }
        break;
      case "artifact": {
        const { artifact } = event;
        if (this.#options.takesArtifacts) this.#push({ kind: "artifact", artifact });
        else {
          this.#options.leaveOut(
            `the artifact ${artifact.name}`,
            "its server takes no files; set artifactsUri to a folder that its users can read",
          );
        }
        break;
      }
      case "call":
        this.#push(translateCall(event.method, event.args, event.context, this.#options.hash));
        break;
      case "system":
      case "console":
        break; // for trackers that ask for them
      default:
        event satisfies never;
    }
  }

  #push(operation: Operation): void {
    this.#operations.push(() => operation);
  }

  #point(name: string, value: TrackedValue, { step, wallTimeMs, options }: LogContext): void {
    const { context, epoch } = options ?? {};
    const writes = this.#points.add({
      name: aimName(name),
      context: this.#context(context),
      value,
      step: integer(step),
      epoch: integer(epoch),
      timeMs: wallTimeMs ?? Date.now(),
    });
    this.#operations.push(() => ({ kind: "write", writes: writes() }));
  }

  #context(context: LogValue): TreeObject {
    if (context === undefined || context === null) return new Map();
    if (isNested(context)) return paramObject(context);
    this.#options.leaveOut(`the context ${String(context)}`, "it must be an object");
    return new Map();
  }

  #image(name: string, image: ImageData, context: LogContext): void {
    const { caption } = context.options ?? {}; // of the call, as Aim's tracker had it first
    let tracked: TrackedValue;
    try {
      tracked = trackedImage(image, caption === undefined ? captionsOf(image) : String(caption));
    } catch (error) {
      this.#options.leaveOut(`${name} (image)`, messageOf(error));
      return;
    }
    this.#point(name, tracked, context);
  }

  #figure(name: string, figure: FigureData, context: LogContext): void {
    if (figure.type === "plotly") {
      this.#point(name, trackedFigure(figure), context);
      return;
    }
    const drawing = this.#options.pictures.get(figure);
    if (drawing && "picture" in drawing) {
      this.#point(name, trackedPicture(drawing.picture), context);
    } else {
      this.#options.leaveOut(`${name} (figure)`, `${drawing?.reason ?? "it was not drawn"}.`);
    }
  }

  #config(values: RunConfig): void {
    const { hash } = this.#options;
    const config = paramObject(values);
    if (config.size <= MAX_ENTRIES_AT_ONCE) this.#push(attribute(hash, ["hparams"], config));
    else {
      this.#push(attribute(hash, ["hparams"], new Map()));
      for (const [key, value] of config) this.#push(attribute(hash, ["hparams", key], value));
    }
  }
}

function tableText({ columns, rows }: TableData): string {
  return JSON.stringify({ columns, rows: rows.map((row) => row.map(toJson)) });
}

function integer(value: unknown): number | undefined {
  const whole = Math.trunc(Number(value ?? Number.NaN));
  return Number.isSafeInteger(whole) ? whole : undefined;
}
