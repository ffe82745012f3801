/** Trackers on the host thread that do nothing: what is left is the cost of `log` itself. */
import { GeneralTracker, registerTracker } from "../../src/index.ts";

export const DISCARDING: readonly string[] = ["discard-1", "discard-2", "discard-3"];

class DiscardTracker extends GeneralTracker {
  readonly name: string;
  readonly requiresLoggingDirectory = false;
  readonly tracker = undefined;

  constructor(name: string) {
    super();
    this.name = name;
  }

  override storeInitConfiguration(): void {}

  override log(): void {}
}

for (const name of DISCARDING) {
  registerTracker({
    name,
    requiresLoggingDirectory: false,
    moduleUrl: import.meta.url,
    create: () => new DiscardTracker(name),
  });
}
