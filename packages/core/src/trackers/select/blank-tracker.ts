import { GeneralTracker } from "../../tracker-contract/general-tracker.ts";

/**
 * What `getTracker` returns on ranks that do not record, which are all but the main one: the whole interface without
 * any effect, so that code need not check its rank.
 */
export class BlankTracker extends GeneralTracker {
  readonly name: string;
  readonly requiresLoggingDirectory = false;

  constructor(name: string) {
    super();
    this.name = name;
  }

  /** Stands for any native run object: every member is callable and returns the same object. */
  get tracker(): unknown {
    return blankObject;
  }

  override storeInitConfiguration(): void {}
  override log(): void {}
  override logImages(): void {}
  override logTable(): void {}
  override logFigure(): void {}
  override logMedia(): void {}
  override logArtifact(): void {}
  override call(): void {}
}

const blankObject: unknown = new Proxy(() => {}, {
  get: (_target, key) => {
    if (key === Symbol.toPrimitive) return () => ""; // for template strings
    // Not a thenable: `await run.log()` must resolve.
    return key === "then" || typeof key === "symbol" ? undefined : blankObject;
  },
  apply: () => blankObject,
  construct: () => blankObject as object,
});
