import { AcceleratorError } from "@acc/core/tracker";

/** As TensorBoard's own: a division by nothing is none. */
const LEAST_COUNT = 1e-7;

export const THRESHOLDS = 127;

/**
 * Precision and recall at evenly spaced thresholds from 0 to 1.
 *
 * @param labels whether each is of the class: booleans, or 0 and 1.
 * @param predictions how likely each is, from 0 to 1; as many as labels.
 * @returns shape `[6, thresholds]`: true and false positives, true and false negatives, precision, recall.
 * @throws {AcceleratorError} `VALUE_INVALID` if the lists do not fit, or hold anything else.
 */
export function prCurve(
  labels: ArrayLike<number | boolean>,
  predictions: ArrayLike<number>,
  thresholds: number = THRESHOLDS,
): Float32Array {
  requireFitting(labels, predictions, thresholds);
  const positives = new Float64Array(thresholds);
  const negatives = new Float64Array(thresholds);
  for (let index = 0; index < labels.length; index++) {
    const bucket = Math.floor((predictions[index] as number) * (thresholds - 1));
    const counts = Number(labels[index]) === 1 ? positives : negatives;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const curve = new Float32Array(6 * thresholds);
  const total = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0);
  const [allPositive, allNegative] = [total(positives), total(negatives)];
  let [truePositive, falsePositive] = [0, 0];
  for (let at = thresholds - 1; at >= 0; at--) {
    truePositive += positives[at] as number;
    falsePositive += negatives[at] as number;
    const falseNegative = allPositive - truePositive;
    const precision = truePositive / Math.max(LEAST_COUNT, truePositive + falsePositive);
    const recall = truePositive / Math.max(LEAST_COUNT, allPositive);
    const rows = [
      ...[truePositive, falsePositive, allNegative - falsePositive, falseNegative],
      ...[precision, recall],
    ];
    for (const [row, value] of rows.entries()) curve[row * thresholds + at] = value;
  }
  return curve;
}

function requireFitting(
  labels: ArrayLike<number | boolean>,
  predictions: ArrayLike<number>,
  thresholds: number,
): void {
  if (!(Number.isSafeInteger(thresholds) && thresholds >= 2 && thresholds <= 10_000)) {
    throw invalid(`thresholds must be an integer from 2 to 10 000, got ${thresholds}`);
  }
  const count = labels?.length;
  if (!(count > 0) || predictions?.length !== count) {
    throw invalid(
      `it needs as many predictions as labels, got ${predictions?.length} and ${count}`,
    );
  }
  for (let index = 0; index < count; index++) {
    const [label, likely] = [Number(labels[index]), predictions[index] as number];
    if ((label === 0 || label === 1) && likely >= 0 && likely <= 1) continue;
    throw invalid(
      `item ${index} has the label ${labels[index]} and the prediction ${likely}; labels are 0 or 1, predictions from 0 to 1`,
    );
  }
}

function invalid(fault: string): AcceleratorError {
  return new AcceleratorError("VALUE_INVALID", `addPrCurve: ${fault}.`);
}
