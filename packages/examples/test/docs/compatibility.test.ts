import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as core from "@acc/core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { acc, FOLDER } from "../run-in.ts";

const test = suite("docs/compatibility.md");
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/compatibility.md"), "utf8");
/** Inside the package, so that imports resolve as a user's would. */
const SCRATCH = join(FOLDER, ".docs/cells");

type Row = { readonly section: string; readonly cells: readonly string[] };

const rows: readonly Row[] = PAGE.split(/^## /m)
  .slice(1)
  .flatMap((part) => {
    const [section = "", ...lines] = part.split("\n");
    const table = lines.filter((line) => line.startsWith("|")).slice(2);
    return table.map((line) => ({
      section,
      cells: line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    }));
  });

const codeIn = (cell = ""): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

/** The code of the second column, section by section, as statements. */
function statementOf(section: string, code: string): string | undefined {
  if (section.startsWith("Options of")) return `new Accelerator({ ${code} });`;
  if (section.startsWith("Members of")) return `await accelerator.${code};`;
  if (!section.startsWith("Around")) return undefined;
  return code.startsWith("type ")
    ? `void ({} as core.${code.slice("type ".length)});`
    : `void (${code});`;
}

test("the code of every cell is compiled", () => {
  const names = Object.keys(core).join(", ");
  const body = rows.flatMap(({ section, cells }) =>
    codeIn(cells[1]).map((code) => statementOf(section, code)),
  );
  const statements = body.filter((statement) => statement !== undefined);
  assert.ok(statements.length > 70);
  mkdirSync(SCRATCH, { recursive: true });
  const script = join(SCRATCH, "cells.ts");
  writeFileSync(
    script,
    `import type * as core from "@acc/core";
import { ${names} } from "@acc/core";
import * as tf from "@tensorflow/tfjs";
import type { Optimizer, Tensor, Variable } from "@tensorflow/tfjs";
declare const accelerator: Accelerator;
declare const model: object;
declare const optimizer: Optimizer;
declare const loader: DataLoader<Tensor>;
declare const preparedLoader: core.PreparedDataLoader<Tensor>;
declare const state: core.LoaderStateDict;
declare const scheduler: core.LearningRateScheduler;
declare const loss: Tensor;
declare const tensor: Tensor;
declare const variable: Variable;
declare const plugin: core.TrackerPlugin;
declare const oneCycle: core.OneCycleOptions;
declare const decay: core.DecayOptions & core.CosineOptions;
declare const evenBatches: boolean, splitBatches: boolean, dispatchBatches: boolean;
declare const commHook: "fp16";
declare const applyPadding: boolean, stepSize: number;
${statements.join("\n")}
`,
  );
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", `file://${ROOT}`));
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--ignoreConfig"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsc, ...options, ...["--module", "nodenext", "--target", "es2023", "--types", "node"], script],
    { encoding: "utf8", cwd: FOLDER, timeout: 120_000 },
  );
  rmSync(SCRATCH, { recursive: true });
  assert.is(status, 0, stdout + stderr);
});

test("every exported name has a row", () => {
  const index = ["index.ts", "tracker.ts"]
    .map((file) => readFileSync(join(ROOT, "packages/core/src", file), "utf8"))
    .join("\n");
  const exported = [...index.matchAll(/^export (?:type )?\{([^}]+)\}/gm)].flatMap(([, list = ""]) =>
    list
      .split(",")
      .map((name) => name.replace(/^\s*type\s+/, "").trim())
      .filter((name) => name !== ""),
  );
  assert.ok(exported.length > 80);
  const words = new Set(
    rows.flatMap(({ cells }) => codeIn(cells.join(" ")).join(" ").split(/\W+/)),
  );
  assert.equal(
    exported.filter((name) => !words.has(name)),
    [],
  );
});

test("every name of Accelerate has a row with a status, or is in the list of those that will not come", () => {
  const file = new URL("fixtures/accelerate-names.json", import.meta.url);
  const names: Record<string, string[]> = JSON.parse(readFileSync(file, "utf8"));
  const wordsOf = (cell = "") => codeIn(cell).join(" ").split(/\W+/);
  const known = new Set(
    rows
      .filter(({ cells }) => /^(yes|no|next|later)$/.test(cells[2] ?? ""))
      .flatMap(({ cells }) => wordsOf(cells[0])),
  );
  const [, refused = ""] = /^## Names that will not come$([^#]+)/m.exec(PAGE) ?? [];
  for (const name of wordsOf(refused)) {
    assert.not.ok(known.has(name), `${name} has a row, and is in the list`);
    known.add(name);
  }
  for (const [place, list] of Object.entries(names)) {
    assert.ok(list.length >= 30, place);
    assert.equal(
      list.filter((name) => !known.has(name)),
      [],
      place,
    );
  }
});

test("every command is one that acc describes", async () => {
  const commands = rows
    .filter(({ section }) => section === "Commands")
    .flatMap(({ cells }) => codeIn(cells[1]));
  assert.ok(commands.length > 2);
  for (const command of commands) {
    const [, name = "", ...rest] = command.split(" ");
    const words = name === "runs" ? [name, rest[0] ?? ""] : [name];
    const { code, output } = await acc(FOLDER, ...words, "--help");
    assert.is(code, 0, output);
    for (const option of rest.filter((word) => word.startsWith("--"))) {
      assert.ok(output.includes(option), `${name} ${option}`);
    }
  }
});

test("every number in the last column has its note", () => {
  for (const part of PAGE.split(/^## /m).slice(1)) {
    const used = new Set([...part.matchAll(/\| *(\d+) *\|$/gm)].map(([, number]) => number));
    const given = new Set([...part.matchAll(/^(\d+)\. /gm)].map(([, number]) => number));
    assert.equal([...used].sort(), [...given].sort(), part.split("\n", 1)[0]);
  }
});

test.run();
