import * as assert from "uvu/assert";
import { AcceleratorError } from "../../src/errors.ts";

/** The error that a call rejects with. */
export async function errorOf(call: Promise<unknown> | (() => unknown)): Promise<AcceleratorError> {
  try {
    await (typeof call === "function" ? call() : call);
  } catch (error) {
    assert.instance(error, AcceleratorError);
    return error as AcceleratorError;
  }
  throw new Error("it should have failed");
}
