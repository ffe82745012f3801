/** Accuracy and F1 of answers that are 0 or 1, added up batch by batch. */
export class AccuracyAndF1 {
  #right = 0;
  #truePositives = 0;
  #positives = 0;
  #seen = 0;

  add(predictions: ArrayLike<number>, references: ArrayLike<number>): void {
    for (let i = 0; i < predictions.length; i++) {
      const [predicted = 0, reference = 0] = [predictions[i], references[i]];
      this.#right += Number(predicted === reference);
      this.#truePositives += predicted * reference;
      this.#positives += predicted + reference;
      this.#seen += 1;
    }
  }

  get seen(): number {
    return this.#seen;
  }

  compute(): { accuracy: number; f1: number } {
    return {
      accuracy: this.#right / this.#seen,
      f1: (2 * this.#truePositives) / Math.max(this.#positives, 1),
    };
  }
}
