import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { trackerContract } from "@acc/core/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("docs/trackers/README.md");
const ROOT = new URL("../../../../", import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, ROOT)), "utf8");

/** The case of `trackerContract` that logs what a row is about, on every tracker. */
const CASES: { readonly [row: string]: string } = {
  number: "records every value in order",
  "NaN, infinity": "takes every kind of value and of configuration",
  "text, date": "takes every kind of value and of configuration",
  "nested object": "takes every kind of value and of configuration",
  "list of numbers": "takes every kind of value and of configuration",
  "long typed array": "takes every kind of value and of configuration",
  image: "takes every kind of value and of configuration",
  table: "takes every kind of value and of configuration",
  "figure [4]": "takes every kind of value and of configuration",
  audio: "records audio, videos and pages, if it has a place",
  video: "records audio, videos and pages, if it has a place",
  "HTML page": "records audio, videos and pages, if it has a place",
  "file, folder": "takes every kind of value and of configuration",
  configuration: "takes every kind of value and of configuration",
  "how the run ended": "ends once, and says so when logged to afterwards",
  "step of its own": "goes on from a checkpoint, each value once",
  "load [3]": "records the load of the machine and the console, if it has a place",
  "console [3]": "records the load of the machine and the console, if it has a place",
};

const FOLDERS: { readonly [column: string]: string } = {
  ...{
    TensorBoard: "tensorboard",
    "W&B": "wandb",
    MLflow: "mlflow",
    Comet: "comet-ml",
    Aim: "aim",
  },
  ...{ ClearML: "clearml", DVCLive: "dvclive", SwanLab: "swanlab", Trackio: "trackio" },
};
const MEDIA = { audio: "audio", video: "video", "HTML page": "html" } as const;

type Table = { readonly columns: string[]; readonly rows: Map<string, string[]> };

const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

const tables: Table[] = read("docs/trackers/README.md")
  .split(/\n\n/)
  .filter((part) => part.startsWith("| "))
  .map((part) => {
    const [head = "", , ...lines] = part.trim().split("\n");
    const rows = lines.map(cellsOf).map(([name = "", ...cells]) => [name, cells] as const);
    const columns = cellsOf(head).slice(1);
    return { columns: columns.map((name) => name.replace(/[[\]]/g, "")), rows: new Map(rows) };
  });
const logged = tables.slice(0, 2);

test("every row of what is logged has a case of the contract", () => {
  const subject = { name: "x", moduleUrl: "file:///none" };
  const names = trackerContract(subject).map(({ name }) => name.replace("x: ", ""));
  assert.is(logged.length, 2);
  for (const { rows } of logged) {
    assert.equal([...rows.keys()], Object.keys(CASES));
    for (const name of Object.values(CASES)) assert.ok(names.includes(name), name);
  }
});

test("a tracker has a place for audio, video, pages and the load where its contract reads them", () => {
  for (const { columns, rows } of logged) {
    for (const [at, column] of columns.entries()) {
      const folder = FOLDERS[column];
      if (folder === undefined) continue; // the page
      const subject = read(`packages/trackers/${folder}/test/contract-subject.ts`);
      assert.match(subject, /\breadMedia\b/, column);
      const kinds = /mediaKinds: \[([^\]]*)\]/.exec(subject)?.[1] ?? '"audio", "video", "html"';
      for (const [row, kind] of Object.entries(MEDIA)) {
        const isThere = rows.get(row)?.[at] !== "–";
        assert.is(isThere, kinds.includes(`"${kind}"`), `${column}: ${row}`);
      }
      const hasLoad = rows.get("load [3]")?.[at] !== "–";
      assert.is(hasLoad, /\breadMonitored\b/.test(subject), `${column}: load`);
    }
  }
  const found = logged.flatMap(({ columns }) => columns).sort();
  assert.equal(found, [...Object.keys(FOLDERS), "the page"].sort());
});

test("every call of a native object is made in the test that is named beside it", () => {
  const calls = read("docs/trackers/README.md").matchAll(
    /^\| .* \| .*: `(\w+).*` +\| `(.+)` +\|$/gm,
  );
  let count = 0;
  for (const [, call = "", path = ""] of calls) {
    assert.match(read(`packages/trackers/${path}`), new RegExp(`\\b${call}\\b`), path);
    count += 1;
  }
  assert.ok(count >= 6, `only ${count} calls were found`);
});

test.run();
