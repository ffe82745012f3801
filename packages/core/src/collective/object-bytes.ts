import { deserialize, serialize } from "node:v8";
import { AcceleratorError, messageOf } from "../errors.ts";

/**
 * The structured clone of a value as bytes.
 *
 * @throws {AcceleratorError} `VALUE_INVALID` if it holds something that cannot be cloned.
 */
export function cloneBytes(value: unknown): Uint8Array {
  try {
    return serialize(value);
  } catch (error) {
    throw new AcceleratorError(
      "VALUE_INVALID",
      `This value cannot be sent to other replicas: ${messageOf(error)} Functions and class instances ` +
        "do not survive; send plain data.",
      { cause: error },
    );
  }
}

/** The value again. `bytes` must not be shared memory. */
export function unpackBytes(bytes: Uint8Array): unknown {
  return deserialize(bytes);
}
