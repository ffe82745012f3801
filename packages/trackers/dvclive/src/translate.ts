import type { DeliveredEvent } from "@acc/core/tracker";
import type { Translator } from "@acc/tracker-kit";
import type { Operation } from "./operation.ts";
import { OperationBuilder, type OperationBuilderOptions } from "./operation-builder.ts";
import type { LiveState } from "./state.ts";
import { translateCall } from "./translate-call.ts";

export type TranslatorOptions = OperationBuilderOptions & {
  /** Whether a call of `log` ends a step. */
  readonly autoNextStep: boolean;
};

/** Turns events into writes to the files of a run. */
export class DvcLiveTranslator implements Translator<LiveState, Operation> {
  readonly #builder: OperationBuilder;
  readonly #options: TranslatorOptions;

  /** @param state is changed. */
  constructor(state: LiveState, options: TranslatorOptions) {
    this.#builder = new OperationBuilder(state, options);
    this.#options = options;
  }

  get operations(): readonly Operation[] {
    return this.#builder.operations;
  }

  get state(): LiveState {
    return this.#builder.state;
  }

  add(event: DeliveredEvent): void {
    const builder = this.#builder;
    switch (event.type) {
      case "config":
        builder.params(event.values);
        break;
      case "metrics":
        builder.metrics(event.values, event.context);
        if (this.#options.autoNextStep) builder.nextStep();
        else builder.sync();
        break;
      case "images":
        builder.images(event.values, event.context);
        break;
      case "tables":
        builder.tables(event.values, event.context);
        break;
      case "figures":
        builder.figures(event.values, event.context);
        break;
      case "media":
        builder.media(event.values, event.context);
        break;
      case "artifact":
        builder.artifact(event.artifact, event.context);
        break;
      case "call":
        translateCall(builder, event.method, event.args, event.context);
        break;
      case "system":
      case "console":
        break; // for trackers that ask for them
      default:
        event satisfies never;
    }
  }
}
