import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DeliveredEvent, FigureData } from "../../../src/index.ts";
import { partsOf, withoutValues } from "../../../src/trackers/hub/event-parts.ts";

const test = suite("parts of an event");

const figure: FigureData = { type: "plotly", spec: { data: [{ y: [1] }] } };
const event: DeliveredEvent = {
  type: "figures",
  values: { a: figure, b: figure },
  context: { step: 3 },
  sequence: 7,
};

test("each figure is known by its name and step, so that a resumed run records it once", () => {
  const parts = partsOf(event, () => 0);
  assert.equal(
    parts.map(({ name, value, key }) => [name, value === figure, key.isPlace]),
    [
      ["a", true, false],
      ["b", true, false],
    ],
  );
  assert.is.not(parts[0]?.key.text, parts[1]?.key.text);
});

test("a figure that is there already is taken out of its event", () => {
  assert.equal(withoutValues(event, new Set(["a"])), { ...event, values: { b: figure } });
  assert.is(withoutValues(event, new Set(["a", "b"])), undefined);
});

test.run();
