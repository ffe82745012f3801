import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { histogramOf } from "../../src/export/histogram.ts";

const test = suite("histograms");

test("numbers lie where they belong", () => {
  const { min, max, mean, counts } = histogramOf([0, 0.5, 29.5, 60]);
  assert.equal([min, max, mean], [0, 60, 22.5]);
  assert.is(counts.length, 60);
  assert.equal([counts[0], counts[29], counts[59]], [2, 1, 1]);
});

test("a list without an extent, or without a finite number, is one", () => {
  const none = { min: null, max: null, mean: null, counts: [] };
  assert.equal(histogramOf([]), { count: 0, nonFinite: 0, ...none });
  assert.equal(histogramOf([Number.NaN, Number.POSITIVE_INFINITY]), {
    ...{ count: 0, nonFinite: 2, ...none },
  });
  assert.equal(histogramOf([2, 2]), {
    count: 2,
    nonFinite: 0,
    min: 2,
    max: 2,
    mean: 2,
    counts: [2],
  });
});

test("every finite number is counted once, between the extremes, whatever the numbers are", () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { maxLength: 50 }), (values) => {
      const { count, nonFinite, min, max, mean, counts } = histogramOf(values);
      const finite = values.filter(Number.isFinite);
      assert.is(count, finite.length);
      assert.is(count + nonFinite, values.length);
      assert.is(
        counts.reduce((sum, size) => sum + size, 0),
        count,
      );
      if (count === 0) return;
      assert.is(Math.min(...finite) - (min as number), 0);
      assert.is(Math.max(...finite) - (max as number), 0);
      assert.ok(Number.isFinite(mean));
      assert.ok((counts[0] as number) > 0, "the lowest lies in the first");
      assert.ok((counts.at(-1) as number) > 0, "the highest lies in the last");
    }),
  );
});

test.run();
