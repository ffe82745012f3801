import type { DeliveredEvent } from "@acc/core/tracker";
import type { Translator } from "@acc/tracker-kit";
import { systemMetrics } from "./format/system-metrics.ts";
import type { Operation } from "./operation.ts";
import { OperationBuilder, type OperationBuilderOptions } from "./operation-builder.ts";
import type { RecordingState } from "./state.ts";
import { translateCall } from "./translate-call.ts";

/** Turns events into records of Trackio, and the files that they name. */
export class TrackioTranslator implements Translator<RecordingState, Operation> {
  readonly #builder: OperationBuilder;

  /** @param state is changed. */
  constructor(state: RecordingState, options: OperationBuilderOptions) {
    this.#builder = new OperationBuilder(state, options);
  }

  get operations(): readonly Operation[] {
    return this.#builder.operations;
  }

  get state(): RecordingState {
    return this.#builder.state;
  }

  add(event: DeliveredEvent): void {
    const builder = this.#builder;
    const { sequence } = event;
    switch (event.type) {
      case "config":
        builder.config(event.values);
        break;
      case "metrics":
        builder.metrics(event.values, event.context, sequence);
        break;
      case "images":
        builder.images(event.values, event.context, sequence);
        break;
      case "tables":
        builder.tables(event.values, event.context, sequence);
        break;
      case "figures":
        builder.figures(event.values, event.context, sequence);
        break;
      case "media":
        builder.media(event.values, event.context, sequence);
        break;
      case "artifact":
        builder.artifact(event.artifact, event.context);
        break;
      case "call":
        translateCall(builder, event);
        break;
      case "system":
        builder.system(systemMetrics(event.sample), event.context, sequence);
        break;
      case "console":
        break; // Trackio has no place for them, and does not ask for them
      default:
        event satisfies never;
    }
  }
}
