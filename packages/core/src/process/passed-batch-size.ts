import { AcceleratorError } from "../errors.ts";

/** What `findExecutableBatchSize` calls. */
type Callee = { readonly name: string; readonly length: number; toString(): string };

/**
 * The batch size comes by itself. One that is passed by hand too would take the place of the first argument behind it, so
 * arguments that a function has no place for are refused, as in Accelerate.
 *
 * @throws {AcceleratorError} `OPTION_INVALID`.
 */
export function refusePassedBatchSize(fn: Callee, args: readonly unknown[]): void {
  const places = Math.max(0, fn.length - 1);
  if (args.length <= places || takesMore(fn)) return;
  const name = fn.name || "train";
  const right = Array.from({ length: places }, (_, i) => `argument${i + 1}`).join(", ");
  const found = args.map((arg) => (typeof arg === "number" ? arg : typeof arg)).join(", ");
  throw new AcceleratorError(
    "OPTION_INVALID",
    `findExecutableBatchSize: the function takes the batch size and ${places} more argument${places === 1 ? "" : "s"}, but it ` +
      `was called with ${args.length}: (${found}). The batch size is passed by itself, so leave it out: ${name}(${right}).`,
  );
}

/** Whether a function may take more arguments than its `length` says: it has defaults or a rest, or cannot be read. */
function takesMore(fn: Callee): boolean {
  const source = Function.prototype.toString.call(fn);
  if (/\[native code\]|\barguments\b/.test(source)) return true;
  return /=|\.\.\./.test(parametersIn(source));
}

/** The text between the first parenthesis and the one that closes it; empty for an arrow function without any. */
function parametersIn(source: string): string {
  if (/^(async\s+)?[\w$]+\s*=>/.test(source)) return "";
  const start = source.indexOf("(");
  let depth = 0;
  for (let i = start; i < source.length; i++) {
    if (source[i] === "(") depth += 1;
    else if (source[i] === ")") depth -= 1;
    if (depth === 0) return source.slice(start + 1, i);
  }
  return source;
}
