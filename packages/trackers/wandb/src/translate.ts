import type { DeliveredEvent } from "@acc/core/tracker";
import type { LeaveOut, Translator } from "@acc/tracker-kit";
import { systemMetrics } from "./format/system-metrics.ts";
import type { Operation } from "./operation.ts";
import { OperationBuilder, type OperationBuilderOptions } from "./operation-builder.ts";
import type { RecordingState } from "./state.ts";
import { translateCall } from "./translate-call.ts";

/** Turns events into the rows, files and summary of a run. */
export class WandbTranslator implements Translator<RecordingState, Operation> {
  readonly #builder: OperationBuilder;
  readonly #leaveOut: LeaveOut;

  constructor(state: RecordingState, options: OperationBuilderOptions) {
    this.#builder = new OperationBuilder(state, options);
    this.#leaveOut = options.leaveOut;
  }

  get operations(): readonly Operation[] {
    return [this.#builder.operation];
  }

  get state(): RecordingState {
    return this.#builder.state;
  }

  /** Whether the run has ended with the events added so far. */
  get isFinished(): boolean {
    return this.#builder.isFinished;
  }

  add(event: DeliveredEvent): void {
    const builder = this.#builder;
    if (builder.isFinished) {
      leaveOutAfterEnd(this.#leaveOut);
      return;
    }
    switch (event.type) {
      case "config":
        builder.config(event.values);
        break;
      case "metrics":
        builder.metrics(event.values, event.context);
        break;
      case "images":
        builder.images(event.values, event.context);
        break;
      case "tables":
        builder.tables(event.values, event.context, event.sequence);
        break;
      case "figures":
        builder.figures(event.values, event.context);
        break;
      case "media":
        builder.media(event.values, event.context);
        break;
      case "artifact":
        builder.artifact(event.artifact, event.context, event.sequence);
        break;
      case "call":
        translateCall(builder, event.method, event.args, event.sequence);
        break;
      case "system":
        builder.stats(systemMetrics(event.sample), event.context);
        break;
      case "console":
        builder.output(event.lines);
        break;
      default:
        event satisfies never;
    }
  }
}

export function leaveOutAfterEnd(leaveOut: LeaveOut): void {
  leaveOut("what is logged after the run's finish()", "log before it.");
}
