import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { scaleTable } from "../../../mpi/bench/scale-table.ts";
import { acc, FOLDER } from "../run-in.ts";

const test = suite("docs/clusters.md");
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const page = readFileSync(join(ROOT, "docs/clusters.md"), "utf8");

test("the table of hosts is what the model says", () => {
  assert.ok(page.includes(`\n\n${scaleTable()}\n\n`), scaleTable());
});

test("every option of acc launch that the page names exists", async () => {
  const { output } = await acc(FOLDER, "launch", "--help");
  const lines = page.split("\n").filter((line) => line.startsWith("npx acc launch"));
  const options = lines.flatMap((line) => line.match(/--[\w-]+/g) ?? []);
  assert.ok(options.length > 5);
  for (const option of options) assert.ok(output.includes(`${option} `), option);
});

test.run();
