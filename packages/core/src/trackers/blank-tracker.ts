import { GeneralTracker } from "./general-tracker.ts";

/**
 * What `getTracker` gives where nothing is recorded, on every rank but the main one: the whole interface,
 * doing nothing, so that code need not ask where it runs.
 */
export class BlankTracker extends GeneralTracker {
  readonly name: string;
  readonly requiresLoggingDirectory = false;

  constructor(name: string) {
    super();
    this.name = name;
  }

  /** Stands for any native run object: every member is callable and gives the same again. */
  get tracker(): unknown {
    return blankObject;
  }

  override storeInitConfiguration(): void {}
  override log(): void {}
  override logImages(): void {}
  override logTable(): void {}
  override logArtifact(): void {}
  override call(): void {}
}

const blankObject: unknown = new Proxy(() => {}, {
  get: (_target, key) => {
    if (key === Symbol.toPrimitive) return () => ""; // in a template string
    // Not a thenable: `await run.log()` must come to an end.
    return key === "then" || typeof key === "symbol" ? undefined : blankObject;
  },
  apply: () => blankObject,
  construct: () => blankObject as object,
});
