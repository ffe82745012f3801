import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ownFiles } from "@acc/test-kit/own-files";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("tables of the documentation");
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** What a terminal and a phone show without breaking lines. */
const LONGEST_CELL = 70;
const LONGEST_ROW = 100;

const pages = ownFiles(ROOT).filter((path) => path.endsWith(".md"));

function rowsOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
  return text.split("\n").filter((line) => line.startsWith("|"));
}

test("rows and cells are short", () => {
  const rows = pages.flatMap((page) => rowsOf(page).map((row) => ({ page, row })));
  assert.ok(rows.length > 100);
  for (const { page, row } of rows) {
    assert.ok(row.length <= LONGEST_ROW, `${page}: a row of ${row.length} characters: ${row}`);
    for (const cell of row.split(/(?<!\\)\|/)) {
      assert.ok(cell.trim().length <= LONGEST_CELL, `${page}: a cell is too long: ${cell}`);
    }
  }
});

test.run();
