import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("docs/training-loop.md");
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/training-loop.md"), "utf8");
const TESTS = join(ROOT, "packages/core/test");

test("every row names tests that exist", () => {
  const rows = PAGE.split("\n").filter((line) => /^\| (?!behaviour|-)/.test(line));
  assert.ok(rows.length > 100);
  for (const row of rows) {
    const files = [...(row.split("|").at(-2) ?? "").matchAll(/`([^`]+)`/g)].map(([, file]) => file);
    assert.ok(files.length > 0, row);
    for (const file of files) {
      const places = ["test", "long-test"].map((ending) => join(TESTS, `${file}.${ending}.ts`));
      assert.ok(places.some(existsSync), `${file}: ${row}`);
    }
  }
});

test.run();
