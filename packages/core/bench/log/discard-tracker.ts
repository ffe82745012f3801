/** A tracker on the host thread that does nothing: what is left is the cost of `log` itself. */
import { GeneralTracker, registerTracker } from "../../src/index.ts";

class DiscardTracker extends GeneralTracker {
  readonly name = "discard";
  readonly requiresLoggingDirectory = false;
  readonly tracker = undefined;

  override storeInitConfiguration(): void {}

  override log(): void {}
}

registerTracker({
  name: "discard",
  requiresLoggingDirectory: false,
  moduleUrl: import.meta.url,
  create: () => new DiscardTracker(),
});
