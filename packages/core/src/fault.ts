import { AcceleratorError, type ErrorCode, messageOf } from "./errors.ts";

/** Why something failed on one rank, as plain data: the other ranks receive it. */
export type Fault = { readonly code: ErrorCode; readonly message: string };

/** @param code of errors that have none. */
export function faultOf(error: unknown, code: ErrorCode): Fault {
  return {
    code: error instanceof AcceleratorError ? error.code : code,
    message: messageOf(error),
  };
}

export function errorOf({ code, message }: Fault): AcceleratorError {
  return new AcceleratorError(code, message);
}
