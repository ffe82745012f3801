import { suite } from "uvu";
import * as assert from "uvu/assert";
import { addressText, findId, parseAddress } from "../../src/page/model/address.ts";
import { comparedRows, csvTable, markdownTable } from "../../src/page/model/comparison.ts";
import { bytesText, durationText, shortNumber } from "../../src/page/model/format.ts";
import { differingConfig, keyGroups } from "../../src/page/model/keys.ts";
import { compareCells, defaultColumns } from "../../src/page/model/table-columns.ts";
import { makeKey, makeRun } from "./make-run.ts";

const test = suite("what the page makes of runs");

const runs = [
  makeRun("a", {
    config: { lr: 0.1, "model.layers": 4, same: 1 },
    keys: {
      "train/lr": makeKey(),
      "train/loss": makeKey({ last: 0.5, min: 0.25, max: 2 }),
      "test/accuracy": makeKey(),
      speed: makeKey(),
    },
  }),
  makeRun("b", {
    config: { lr: 0.2, same: 1 },
    keys: { "train/loss": makeKey({ last: "NaN", min: null, max: null }) },
  }),
];

test("numbers are short, and keep their sign and their names", () => {
  const texts = [0, -1.5, 123456, 1234567, 0.000123456, 1 / 3, Number.NaN, "-Infinity", null];
  assert.equal(
    texts.map((value) => shortNumber(value as number)),
    [...["0", "−1.5", "123456", "1.235e+6", "1.235e−4", "0.3333", "NaN", "-∞", ""]],
  );
});

test("durations and sizes have the units that matter", () => {
  assert.equal([0, 59_400, 60_000, 61_000, 3_600_000, 3_660_000, 90_000_000].map(durationText), [
    "0 s",
    "59 s",
    "1 min",
    "1 min 1 s",
    "1 h 0 min",
    "1 h 1 min",
    "1 d 1 h",
  ]);
  assert.equal([0, 999, 1000, 1_234_000, 5e12].map(bytesText), [
    "0 B",
    "999 B",
    "1 kB",
    "1.23 MB",
    "5 TB",
  ]);
});

test("an address says what is shown, and is read back", () => {
  const id = "3f9a1b2c".padEnd(32, "0");
  for (const view of [
    { kind: "runs" } as const,
    { kind: "compare" } as const,
    { kind: "run", id: "logs/run 1,b", tab: "images" } as const,
  ]) {
    const address = { view, filter: "lr>0.1 /a,b/", ticked: [id, "logs/run 1,b"] };
    const parsed = parseAddress(addressText(address));
    assert.is(parsed.filter, address.filter);
    const ids = ["other", ...address.ticked];
    assert.equal(
      parsed.ticked?.map((short) => findId(ids, short)),
      address.ticked,
    );
    assert.is(parsed.view.kind, view.kind);
    if (parsed.view.kind === "run") assert.is(findId(ids, parsed.view.id), "logs/run 1,b");
  }
  assert.equal(parseAddress("#token=x"), { view: { kind: "runs" }, filter: "", ticked: undefined });
});

test("keys are in groups: loss first, the learning rate last", () => {
  assert.equal(keyGroups(runs), [
    { name: "train", keys: ["train/loss", "train/lr"] },
    { name: "test", keys: ["test/accuracy"] },
    { name: "", keys: ["speed"] },
  ]);
  assert.equal(keyGroups(runs, "TR lo"), [{ name: "train", keys: ["train/loss"] }]);
});

test("the table shows what differs and how it went", () => {
  assert.equal(differingConfig(runs), ["lr", "model.layers"]);
  assert.equal(
    defaultColumns(runs).map(({ source, name }) => `${source} ${name}`),
    ["config lr", "config model.layers", "last train/loss", "max test/accuracy"],
  );
  const sorted = ["b", undefined, 10, "NaN", 9, "-Infinity", true].sort(compareCells);
  assert.equal(sorted, ["-Infinity", 9, 10, "b", true, "NaN", undefined]);
});

test("a comparison can be copied: nothing in it breaks the table, no cell is a formula", () => {
  const risky = [
    makeRun("a", { config: { note: "a|b\\\nc", call: "=1+1", share: "-0.5" } }),
    makeRun("b", { config: { note: 'says "x", y', call: "@x" } }),
  ];
  const rows = comparedRows(risky);
  assert.equal(
    rows.map(({ name, isDifferent }) => [name, isDifferent]),
    [
      ...[
        ["note", true],
        ["call", true],
        ["share", true],
      ],
    ],
  );
  assert.is(markdownTable(["A", "B"], rows).split("\n")[2], '| note | a\\|b\\\\ c | says "x", y |');
  assert.equal(csvTable(["A", "B"], rows).split("\r\n"), [
    ...[",A,B", 'note,"a|b\\\nc","says ""x"", y"', "call,'=1+1,'@x", "share,-0.5,", ""],
  ]);
  const values = comparedRows(runs).filter(({ name }) => name.startsWith("train/loss"));
  assert.equal(
    values.map(({ cells }) => cells),
    [
      ...[
        [0.5, "NaN"],
        [0.25, undefined],
        [2, undefined],
      ],
    ],
  );
});

test.run();
