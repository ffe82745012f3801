import type { JsonNumber, KeySummary } from "../wire/schema.ts";

/** What is known of the points of a key without keeping them. */
export class KeyStats {
  count = 0;
  nonFinite = 0;
  last: number = Number.NaN;
  lastStep = 0;
  min: number = Number.POSITIVE_INFINITY;
  minStep = 0;
  max: number = Number.NEGATIVE_INFINITY;
  maxStep = 0;

  add(step: number, value: number): void {
    this.count += 1;
    this.last = value;
    this.lastStep = step;
    if (value - value !== 0) {
      this.nonFinite += 1; // NaN and the infinities
      return;
    }
    if (value < this.min) {
      this.min = value;
      this.minStep = step;
    }
    if (value > this.max) {
      this.max = value;
      this.maxStep = step;
    }
  }

  summary(): KeySummary {
    const hasFinite = this.count > this.nonFinite;
    return {
      ...{ count: this.count, last: jsonNumber(this.last), lastStep: this.lastStep },
      min: hasFinite ? this.min : null,
      minStep: hasFinite ? this.minStep : null,
      max: hasFinite ? this.max : null,
      maxStep: hasFinite ? this.maxStep : null,
      nonFinite: this.nonFinite,
    };
  }
}

/** A number as JSON has it. */
export function jsonNumber(value: number): JsonNumber {
  return Number.isFinite(value) ? value : (String(value) as JsonNumber);
}
