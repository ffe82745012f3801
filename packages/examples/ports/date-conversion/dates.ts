import * as tf from "@tensorflow/tfjs";

const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const DAY_MS = 24 * 60 * 60 * 1000;
const FIRST_DAY = Date.UTC(1990, 0, 1);
const DAYS = 25_000;
const INPUT_LENGTH = 11; // "17 MAR 1994" is the longest way to write a date
const OUTPUT_LENGTH = 10; // "1994-03-17"
const PADDING = "_";
const START = "^";

const INPUTS: readonly string[] = [PADDING, ...new Set(`0123456789/,. ${MONTHS.join("")}`)];
const OUTPUTS: readonly string[] = [START, ..."0123456789-"];
/** The number of different characters on both sides, and the lengths. */
export const SIZES = {
  ...{ inputs: INPUTS.length, inputLength: INPUT_LENGTH },
  ...{ outputs: OUTPUTS.length, outputLength: OUTPUT_LENGTH },
};

/** The formats that people write; each date is in the data in every format. */
const FORMATS = [
  ({ year, month, day }: Parts) => `${month}/${day}/${year}`,
  ({ year, month, day }: Parts) => `${day}.${month}.${year}`,
  ({ year, name, day }: Parts) => `${day} ${name} ${year}`,
  ({ year, name, day }: Parts) => `${name} ${day} ${year}`,
] as const;

type Parts = Record<"year" | "month" | "day" | "name", string>;

/** Dates in some format and as ISO 8601, spread over 68 years; the same list every time. */
export function makeDates(count: number): { written: string; iso: string }[] {
  return Array.from({ length: count }, (_, i) => {
    const iso = new Date(FIRST_DAY + ((i * 7919) % DAYS) * DAY_MS).toISOString().slice(0, 10);
    const [year, month, day] = iso.split("-") as [string, string, string];
    const format = FORMATS[i % FORMATS.length] as (parts: Parts) => string;
    return { written: format({ year, month, day, name: MONTHS[Number(month) - 1] ?? "" }), iso };
  });
}

/**
 * Dates as character numbers, int32: the input `[count, 11]`, the output before each character `[count, 10]`, and the
 * target `[count, 10]`.
 */
export function encodeDates(
  dates: ReturnType<typeof makeDates>,
): [written: tf.Tensor2D, before: tf.Tensor2D, iso: tf.Tensor2D] {
  const matrix = (rows: number[][]) => tf.tensor2d(rows, undefined, "int32");
  return [
    matrix(dates.map(({ written }) => encodeWritten(written))),
    matrix(dates.map(({ iso }) => encode(START + iso.slice(0, -1), OUTPUTS))),
    matrix(dates.map(({ iso }) => encode(iso, OUTPUTS))),
  ];
}

/** A written date as character numbers, filled up to 11. */
export function encodeWritten(text: string): number[] {
  return encode(text.padEnd(INPUT_LENGTH, PADDING), INPUTS);
}

/** The text of the decoder's character numbers. */
export function decodeIso(codes: Iterable<number>): string {
  return [...codes].map((code) => OUTPUTS[code]).join("");
}

function encode(text: string, characters: readonly string[]): number[] {
  return [...text].map((character) => characters.indexOf(character));
}
