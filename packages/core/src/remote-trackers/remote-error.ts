import { AcceleratorError } from "../errors.ts";
import type { RemoteError } from "./protocol.ts";

/** The parts of an error that are sent to another thread. */
export function toRemoteError(error: unknown): RemoteError {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), stack: undefined, code: undefined };
  }
  const code = error instanceof AcceleratorError ? error.code : undefined;
  return { name: error.name, message: error.message, stack: error.stack, code };
}

/** The error, made from its parts, with the stack of the thread that threw it. */
export function fromRemoteError({ name, message, stack, code }: RemoteError): Error {
  const error =
    code === undefined
      ? Object.assign(new Error(message), { name })
      : new AcceleratorError(code, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
