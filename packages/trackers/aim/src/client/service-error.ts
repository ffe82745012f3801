import type { TreeValue } from "../format/tree.ts";

/** Python's exceptions for a wrong instruction. All others may be temporary, such as a locked database. */
const REFUSALS = new Set([
  ...["AssertionError", "AttributeError", "IndexError", "KeyError", "NotImplementedError"],
  ...["OverflowError", "RecursionError", "StopIteration", "TypeError", "ValueError"],
  ...["UnicodeDecodeError", "UnicodeEncodeError"],
]);

/** An exception that `aim server` answered with. */
export class AimServiceError extends Error {
  override readonly name = "AimServiceError";
  /** Name of Python's exception class. */
  readonly className: string;

  constructor(className: string, message: string, what: string) {
    super(`Aim answered ${className} to ${what}${message ? `: ${message}` : ""}`);
    this.className = className;
  }

  /** Whether there is nothing at the path that was asked for. */
  get isMissing(): boolean {
    return this.className === "KeyError" || this.className === "StopIteration";
  }

  /** Whether another attempt would fail in the same way. */
  get isRefusal(): boolean {
    return REFUSALS.has(this.className);
  }
}

/** An exception as the server describes it; those before 3.29 have no `message`. */
export function serviceErrorOf(
  described: { readonly [key: string]: unknown },
  what: string,
): AimServiceError {
  const { class_name: className, message, args } = described;
  return new AimServiceError(String(className), String(message ?? args ?? ""), what);
}

/** The same, packed as a tree. */
export function serviceErrorOfTree(tree: TreeValue, what: string): AimServiceError {
  return serviceErrorOf(tree instanceof Map ? Object.fromEntries(tree) : {}, what);
}
