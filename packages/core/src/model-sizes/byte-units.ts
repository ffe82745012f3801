import { AcceleratorError } from "../errors.ts";
import { checkArgument } from "../options/check-options.ts";
import { foundText } from "../options/found-text.ts";
import { nearestName } from "../options/nearest-name.ts";

/** Bits of one value. TensorFlow.js holds a boolean in a byte. */
const BITS: Readonly<Record<string, number>> = {
  ...{ float64: 64, float32: 32, float16: 16, bfloat16: 16, complex64: 64 },
  ...{ int64: 64, int32: 32, int16: 16, int8: 8, int4: 4, uint8: 8, bool: 8 },
};

/**
 * Bytes of one value of a dtype: 4 for `"float32"`, 0.5 for `"int4"`, 1 for `"bool"`.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` for a dtype whose values have no fixed size, or that there is not.
 */
export function dtypeByteSize(dtype: string): number {
  const isKnown = typeof dtype === "string" && Object.hasOwn(BITS, dtype);
  const bits = isKnown ? BITS[dtype] : undefined;
  if (bits !== undefined) return bits / 8;
  const nearest = typeof dtype === "string" ? nearestName(dtype, Object.keys(BITS)) : undefined;
  const advice =
    nearest === undefined
      ? `There are ${Object.keys(BITS).join(", ")}.`
      : `Did you mean "${nearest}"?`;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `dtypeByteSize: ${foundText(dtype)} is no dtype with a fixed size. ${advice}`,
  );
}

const STEPS = ["bytes", "KB", "MB", "GB", "TB", "PB"] as const;

/**
 * A number of bytes in words, as Accelerate writes it: 1536 are `"1.5 KB"`, 1024 are `"1.0 KB"`.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` if it is no finite number.
 */
export function convertBytes(bytes: number): string {
  checkArgument("convertBytes", "the number of bytes", bytes, "number");
  let value = bytes;
  let step = 0;
  for (; Math.abs(value) >= 1024 && step < STEPS.length - 1; step++) value /= 1024;
  const rounded = Math.round(value * 100) / 100;
  const isWhole = step > 0 && Number.isInteger(rounded);
  return `${isWhole ? rounded.toFixed(1) : rounded} ${STEPS[step]}`;
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 },
};

/**
 * A size in text as a number of bytes: `"1GB"` is 10⁹, `"1GiB"` is 2³⁰. A number is returned as it is.
 *
 * @throws {AcceleratorError} `OPTION_INVALID`, also for bits (`"1Gb"`), which no file has.
 */
export function convertFileSizeToInt(size: number | string): number {
  if (Number.isSafeInteger(size) && Number(size) >= 0) return Number(size);
  const [, digits, unit = ""] =
    /^(\d+(?:\.\d+)?) ?([kKMGT]i?B)$/.exec(typeof size === "string" ? size : "") ?? [];
  const bytes = Math.floor(Number(digits) * (UNITS[unit.toUpperCase()] ?? Number.NaN));
  if (typeof size === "string" && Number.isSafeInteger(bytes)) return bytes;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `convertFileSizeToInt: a size is a whole number of bytes, or text such as "500MB" or "2GiB"; got ${foundText(size)}.`,
  );
}
