import { suite } from "uvu";
import * as assert from "uvu/assert";
import { artifactOf } from "../src/format/artifact.ts";
import { safePath, safeSegment } from "../src/format/file-path.ts";
import { jsonText } from "../src/format/json-text.ts";
import { metricKey } from "../src/format/metric-key.ts";
import { projectFolder, storableProject } from "../src/format/project-name.ts";
import { tableValue } from "../src/format/table.ts";
import { histogram, rowValue } from "../src/format/values.ts";

const test = suite("Trackio's forms");

test("JSON holds every value in a form that Trackio's reader takes", () => {
  const text = jsonText({
    nan: Number.NaN,
    infinity: Number.NEGATIVE_INFINITY,
    minus_zero: -0,
    bigint: 2n ** 62n,
    beyond: 2n ** 80n,
    large: 2 ** 64,
    lone: "a\ud800b",
    when: new Date(0),
    never: new Date(Number.NaN),
    list: Float32Array.of(1, 2.5),
    nothing: undefined,
  });
  assert.is(
    text,
    '{"nan":"NaN","infinity":"-Infinity","minus_zero":-0.0,"bigint":4611686018427387904,' +
      '"beyond":1.2089258196146292e+24,"large":1.8446744073709552e+19,"lone":"a\ufffdb",' +
      '"when":"1970-01-01T00:00:00.000Z","never":"Invalid Date","list":[1,2.5],"nothing":null}',
  );
});

test("Trackio's own names, and those with two underscores, get two more", () => {
  const keys = ["step", "time", "__y", "_x", "", "loss", "train/step"].map(metricKey);
  assert.equal(keys, ["__step", "__time", "____y", "_x", "", "loss", "train/step"]);
});

test("a project's folder keeps letters of any script; names that mean other files are changed", () => {
  assert.equal(["my proj/é", "損失 1", "/", "a_b-c"].map(projectFolder), [
    ...["myprojé", "損失1", "default", "a_b-c"],
  ]);
  const names = ["plain", "registry-x", "model_artifacts", "re gistry-", "_system"];
  assert.equal(names.map(storableProject), [
    ...["plain", "_registry-x", "model_artifacts_", "_re gistry-", "_system_"],
  ]);
});

test("paths stay below their folder", () => {
  assert.is(safeSegment(".."), "__");
  assert.is(safeSegment("a/../b:c"), "a_.._b_c");
  assert.is(safePath("../../etc//passwd"), "__/__/etc/passwd");
  assert.is(safePath("/"), "_");
  const long = safeSegment("損".repeat(200));
  assert.ok(Buffer.byteLength(long) < 200);
  assert.is.not(long, safeSegment(`${"損".repeat(200)}!`));
});

test("a table keeps two columns of one name", () => {
  const { _value } = tableValue({ columns: ["a", "a", "a_2"], rows: [[1, 2, 3], [4]] });
  assert.equal(_value, [
    { a: 1, a_3: 2, a_2: 3 },
    { a: 4, a_3: undefined, a_2: undefined },
  ]);
});

test("a typed array is a number, a list or a histogram", () => {
  assert.is(rowValue(Float32Array.of(0.5)), 0.5);
  assert.equal(rowValue(Uint8Array.of(1, 2)), [1, 2]);
  const { bins, values } = rowValue(new Float64Array(100).map((_, index) => index)) as {
    bins: number[];
    values: number[];
  };
  assert.equal([bins.length, bins[0], bins.at(-1)], [65, 0, 99]);
  assert.is(
    values.reduce((sum, count) => sum + count),
    100,
  );
  assert.equal(histogram([Number.NaN]), { _type: "trackio.histogram", bins: [], values: [] });
  assert.throws(() => histogram([1], 513), /1 to 512 bins, got 513/);
});

test("an artifact's name and aliases are such as Trackio takes", () => {
  const data = { name: "best model/損", path: "/x" };
  const { name, type, aliases } = artifactOf(data, { options: { aliases: ["v3", "the best"] } });
  assert.equal([name, type, aliases], ["best-model--", "unspecified", ["v-3", "the-best"]]);
});

test.run();
