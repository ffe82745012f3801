import { GeneralTracker } from "../tracker-contract/general-tracker.ts";

/** A tracker that fails for every value. */
export class FailingTracker extends GeneralTracker {
  readonly name = "failing";
  readonly requiresLoggingDirectory = false;
  readonly tracker = undefined;
  calls = 0;

  override storeInitConfiguration(): void {}

  override log(): void {
    this.calls += 1;
    throw new Error("it always fails");
  }
}
