import type { LogValue, LogValues } from "@acc/core/journal";
import { flatten, isoText, numbersOf, scalarOf, toJson } from "@acc/tracker-kit";
import type { JsonValue } from "../wire/schema.ts";
import type { Place, RunSink } from "./run-source.ts";

/** Hands the values of one call of `log` to a sink: numbers, texts, and lists of numbers as histograms. */
export function sinkValues(sink: RunSink, place: Place, values: LogValues, offset: number): void {
  const keys: string[] = [];
  const numbers: number[] = [];
  let index = 0;
  for (const key in values) {
    const value = values[key];
    if (typeof value === "number") {
      keys.push(key);
      numbers.push(value);
    } else if (value !== null && value !== undefined) {
      for (const [path, leaf] of flatten({ [key]: value })) {
        const number = typeof leaf === "string" ? undefined : scalarOf(leaf);
        if (number !== undefined) {
          keys.push(path);
          numbers.push(number);
        } else if (typeof leaf === "string") sink.text(place, path, leaf);
        else if (leaf instanceof Date) sink.text(place, path, isoText(leaf));
        else if (numbersOf(leaf))
          sink.media(place, { offset, index, kind: "histogram", key: path });
        else if (leaf !== null && leaf !== undefined) sink.text(place, path, jsonText(leaf));
        index += 1;
      }
    }
  }
  if (keys.length > 0) sink.scalars(place, keys, numbers);
}

/** The numbers of a histogram: the `index`-th leaf of those that are not plain numbers. */
export function listedNumbers(values: LogValues, index: number): number[] | undefined {
  const leaves = Object.entries(values)
    .filter(([, value]) => typeof value !== "number" && value !== null && value !== undefined)
    .flatMap(([key, value]) => flatten({ [key]: value }));
  return numbersOf(leaves[index]?.[1]);
}

/** A logged value as JSON; numbers that JSON lacks as texts. */
export function jsonValue(value: LogValue): JsonValue {
  return toJson(value) as JsonValue;
}

function jsonText(value: LogValue): string {
  return JSON.stringify(jsonValue(value));
}
