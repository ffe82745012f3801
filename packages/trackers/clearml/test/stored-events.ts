import { createHash } from "node:crypto";
import { type Fields, newId } from "./stored-fields.ts";

export type StoredEvent = {
  readonly type: string;
  readonly task: string;
  readonly timestamp: number;
  readonly iter: number;
  readonly metric: string;
  readonly variant: string;
  readonly value?: number;
  readonly plot_str?: string;
  readonly url?: string;
  readonly key?: string;
  readonly msg?: string;
  readonly level?: string;
  readonly worker?: string;
};

const SINGLE = -2147483648;
const LARGEST_FLOAT = 3.4028234663852886e38;

/** The events of a ClearML server, and the calls that concern them. */
export class StoredEvents {
  /** By the ids that the server gives them. */
  readonly all = new Map<string, StoredEvent>();
  /** Told of the step of each that is stored. @returns whether there is such a task. */
  readonly #note: (task: string, iteration: number) => boolean;

  constructor(note: (task: string, iteration: number) => boolean) {
    this.#note = note;
  }

  /** Those of a type, in the order of storing. */
  of(type: string): StoredEvent[] {
    return [...this.all.values()].filter((event) => event.type === type);
  }

  /** @returns undefined for a call that does not concern events. */
  act(action: string, body: Fields, lines: readonly Fields[]): object | undefined {
    switch (action) {
      case "events.add_batch":
        return this.#addBatch(lines);
      case "events.scalar_metrics_iter_histogram": {
        const curves: Record<
          string,
          Record<string, { name: string; x: number[]; y: unknown[] }>
        > = {};
        for (const { metric, variant, iter, value } of this.#scalarsOf(String(body.task))) {
          if (iter === SINGLE) continue;
          curves[metric] ??= {};
          curves[metric][variant] ??= { name: variant, x: [], y: [] };
          const curve = curves[metric][variant];
          curve.x.push(iter);
          curve.y.push(value);
        }
        return curves;
      }
      case "events.get_task_single_value_metrics": {
        const tasks = (body.tasks as string[]).map((task) => ({
          task,
          values: this.#scalarsOf(task).filter(({ iter }) => iter === SINGLE),
        }));
        return { tasks };
      }
      case "events.get_task_plots": {
        const plots = this.of("plot").filter(({ task }) => task === body.task);
        return { plots, returned: plots.length, total: plots.length };
      }
      case "events.get_task_log":
        return this.#taskLog(body);
      default:
        return undefined;
    }
  }

  #addBatch(lines: readonly Fields[]): object {
    const reasons: Record<string, number> = {};
    let added = 0;
    for (const line of lines) {
      const event = { metric: "", variant: "", ...line } as unknown as StoredEvent;
      const isKnown = this.#note(event.task, 0);
      if (!isKnown || Math.abs(event.value ?? 0) > LARGEST_FLOAT) {
        const reason = isKnown
          ? "Error when indexing events batch"
          : `Invalid task id ${event.task}`;
        reasons[reason] = (reasons[reason] ?? 0) + 1;
        continue;
      }
      const { iter, metric, variant, key } = event;
      const parts = [event.type, event.task, iter, metric, variant, key ?? ""].join("-");
      const id = event.type === "log" ? newId() : createHash("md5").update(parts).digest("hex");
      this.all.delete(id); // the newest last
      this.all.set(id, event);
      this.#note(event.task, iter ?? 0);
      added += 1;
    }
    if (added === 0) throw new Error(`Failed adding events: ${JSON.stringify(reasons)}`);
    return { added, errors: lines.length - added, errors_info: reasons };
  }

  #scalarsOf(task: string): StoredEvent[] {
    return this.of("training_stats_scalar").filter((event) => event.task === task);
  }

  #taskLog(body: Fields): object {
    const { task, from_timestamp: from = 0, batch_size: size } = body as Record<string, number>;
    const events = this.of("log")
      .filter((event) => event.task === String(task) && event.timestamp > (from ?? 0))
      .sort((a, b) => a.timestamp - b.timestamp)
      .slice(0, size);
    return { events, returned: events.length };
  }
}
