/** An object that saves and restores itself, as in PyTorch and Accelerate. */
export interface Stateful {
  /**
   * For `registerForCheckpointing`: plain data, also with tensors in it, which stay the object's; or a promise of it. For
   * datasets and samplers: plain JSON data.
   */
  stateDict(): unknown;
  loadStateDict(state: never): unknown;
}

export function isStateful(value: unknown): value is Stateful {
  const { stateDict, loadStateDict } = (value ?? {}) as Partial<Stateful>;
  return typeof stateDict === "function" && typeof loadStateDict === "function";
}
