import type {
  ArtifactData,
  DeliveredEvent,
  ImageData,
  LogContext,
  LogValue,
  RunConfig,
  TableData,
} from "@acc/core";
import { flatten, isNested, kindOf, toJson } from "@acc/tracker-kit";
import type { ArtifactStore } from "./artifact-store.ts";
import type { DeliveryPlan } from "./delivery-plan.ts";
import { aimName, paramObject, paramValue } from "./param-value.ts";
import type { RemoteRun, Write } from "./remote-run.ts";
import { chunkPath } from "./run-paths.ts";
import { type TrackedValue, trackedImage, trackedText, trackedValue } from "./tracked-value.ts";
import type { TreeObject, TreeValue } from "./tree.ts";

/** Something to do at the server, in its turn. */
export type Action = (run: RemoteRun, signal: AbortSignal) => Promise<void>;

export type EventPlanOptions = {
  readonly hash: string;
  readonly points: DeliveryPlan;
  readonly artifacts: ArtifactStore | undefined;
  /** Called for what Aim cannot hold. */
  readonly leaveOut: (what: string, advice: string) => void;
};

/** A configuration with more entries is written entry by entry, to leave the server time for others. */
const MAX_ENTRIES_AT_ONCE = 100;
const METRICS_ADVICE = "log a number, a text, or an object of them";

/** Turns events into what is to be done at the server. */
export class EventPlan {
  readonly #options: EventPlanOptions;

  constructor(options: EventPlanOptions) {
    this.#options = options;
  }

  /** @throws {Error} for a call that there is not. */
  actionsOf(event: DeliveredEvent): Action[] {
    switch (event.type) {
      case "config":
        return this.#config(event.values);
      case "metrics":
        return flatten(event.values).flatMap(([name, value]) => {
          const tracked = trackedValue(value);
          if (tracked) return this.#point(name, tracked, event.context);
          this.#options.leaveOut(`${name} (${kindOf(value)})`, METRICS_ADVICE);
          return [];
        });
      case "images":
        return Object.entries(event.values).flatMap(([name, image]) =>
          this.#image(name, image, event.context),
        );
      case "tables":
        return Object.entries(event.values).flatMap(([name, table]) =>
          this.#point(name, trackedText(tableText(table)), event.context),
        );
      case "artifact":
        return this.#artifact(event.artifact);
      case "call":
        return this.#call(event.method, event.args, event.context);
      default:
        return event satisfies never;
    }
  }

  #point(name: string, value: TrackedValue, { step, wallTimeMs, options }: LogContext): Action[] {
    const { context, epoch } = options ?? {};
    const writes = this.#options.points.add({
      name: aimName(name),
      context: this.#context(context),
      value,
      step: integer(step),
      epoch: integer(epoch),
      timeMs: wallTimeMs ?? Date.now(),
    });
    return [(run) => run.write(writes())];
  }

  #context(context: LogValue): TreeObject {
    if (context === undefined || context === null) return new Map();
    if (isNested(context)) return paramObject(context);
    this.#options.leaveOut(`the context ${String(context)}`, "it must be an object");
    return new Map();
  }

  #image(name: string, image: ImageData, context: LogContext): Action[] {
    const { caption } = context.options ?? {};
    let tracked: TrackedValue;
    try {
      tracked = trackedImage(image, caption === undefined ? "" : String(caption));
    } catch (error) {
      this.#options.leaveOut(`${name} (image)`, error instanceof Error ? error.message : "");
      return [];
    }
    return this.#point(name, tracked, context);
  }

  #config(values: RunConfig): Action[] {
    const config = paramObject(values);
    if (config.size <= MAX_ENTRIES_AT_ONCE) return [this.#attribute(["hparams"], config)];
    return [
      this.#attribute(["hparams"], new Map()),
      ...[...config].map(([key, value]) => this.#attribute(["hparams", key as string], value)),
    ];
  }

  #attribute(path: readonly string[], value: TreeValue): Action {
    const writes: Write[] = [
      { tree: "meta", path: chunkPath(this.#options.hash, "attrs", ...path), value },
      { tree: "meta", path: ["meta", "attrs", ...path], value },
    ];
    return (run) => run.write(writes);
  }

  #artifact(artifact: ArtifactData): Action[] {
    const { artifacts, hash, leaveOut } = this.#options;
    if (!artifacts) {
      leaveOut(
        `the artifact ${artifact.name}`,
        "its server takes no files; set artifactsUri to a folder that its users can read",
      );
      return [];
    }
    return [
      async (run) => {
        const uri: Write = {
          tree: "meta",
          path: chunkPath(hash, "artifacts_uri"),
          value: artifacts.uri,
        };
        const objects = [...(await artifacts.copy(artifact))].map(
          ([name, value]): Write => ({
            tree: "meta",
            path: chunkPath(hash, "artifacts", name),
            value,
          }),
        );
        await run.write([uri, ...objects]);
      },
    ];
  }

  #call(method: string, args: readonly LogValue[], { wallTimeMs }: LogContext): Action[] {
    const [first, second] = args;
    const text = String(first);
    switch (method) {
      case "set":
        return [this.#attribute([aimName(text)], paramValue(second))];
      case "setProp":
        return [(run) => run.setProps({ [text]: String(second) })];
      case "addTag":
        return [(run, signal) => run.changeTag("add_tag", text, signal)];
      case "removeTag":
        return [(run, signal) => run.changeTag("remove_tag", text, signal)];
      case "close":
        return [(run, signal) => run.close(wallTimeMs ?? Date.now(), signal)];
      default:
        throw new Error(`the Aim run has no ${method}`);
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
