/** What the backend of this thread has done so far. */
export class Statistics {
  /** Kernels that were recorded. */
  recorded = 0;
  /** Graphs that were run. */
  runs = 0;
  /** Graphs that were compiled, and the time that took. */
  compiles = 0;
  compileMs = 0;
  /** Calls that were computed by themselves, without a graph of several. */
  computedSingly = 0;
  /** Time inside ONNX Runtime's runs. */
  runMs = 0;
  /** Nodes of the graph that was compiled last. */
  graphNodes = 0;
  /** Calls that the kernel of the cpu backend computed, by kernel. */
  readonly fallbacks: Map<string, number> = new Map();

  /** @returns whether it is the first of this kernel. */
  countFallback(kernelName: string): boolean {
    const count = this.fallbacks.get(kernelName) ?? 0;
    this.fallbacks.set(kernelName, count + 1);
    return count === 0;
  }
}
