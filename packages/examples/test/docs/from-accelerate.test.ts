import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FOLDER } from "../run-in.ts";

const test = suite("docs/from-accelerate.md");
const DOCS = fileURLToPath(new URL("../../../../docs", import.meta.url));
const PAGE = readFileSync(join(DOCS, "from-accelerate.md"), "utf8");

test("every link leads to a file, and every name in brackets has one", () => {
  const targets = new Map([...PAGE.matchAll(/^\[([\w.-]+)\]: (\S+)$/gm)].map(([, a, b]) => [a, b]));
  const names = new Set([...PAGE.matchAll(/\[([\w-]+\.ts)\](?!:)/g)].map(([, name]) => name));
  assert.ok(names.size > 20);
  assert.equal([...targets.keys()].sort(), [...names].sort());
  for (const target of targets.values()) assert.ok(existsSync(join(DOCS, target ?? "")), target);
});

/** Without what a formatter adds. */
const plain = (code: string): string => code.replaceAll(/\s+/g, "").replaceAll(/,(?=[)\]}])/g, "");

for (const name of ["nlp-example", "cv-example"]) {
  test(`the lines beside those of Accelerate are lines of ${name}.ts`, () => {
    const text = ["read-arguments.ts", `${name}.ts`]
      .map((file) => plain(readFileSync(join(FOLDER, "from-accelerate", file), "utf8")))
      .join("\n");
    const title = `## \`${name.replace("-", "_")}\``;
    const [, section = ""] = PAGE.split(title);
    const [table = ""] = /(^\|.*\|\n)+/m.exec(section) ?? [];
    const cells = table.split("\n").map((row) => row.split("|")[2] ?? "");
    const codes = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code));
    assert.ok(codes.length > 5);
    for (const code of codes) assert.ok(hasInOrder(text, plain(code ?? "").split("…")), code);
  });
}

function hasInOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  return parts.every((part) => {
    const at = text.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
}

test.run();
