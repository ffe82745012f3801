import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FOLDER } from "../run-in.ts";

const test = suite("ports in the README");
const readme = readFileSync(join(FOLDER, "README.md"), "utf8");
const ports = readdirSync(join(FOLDER, "ports"));
const textOf = (port: string, name: string) =>
  readFileSync(join(FOLDER, "ports", port, `${name}.ts`), "utf8");

test("there is an item for each, with the number of lines that the plain program does not have", () => {
  assert.is(ports.length, 5);
  for (const port of ports) {
    const plain = new Set(textOf(port, "plain").split("\n"));
    const accelerated = textOf(port, "accelerated").trimEnd().split("\n");
    const own = accelerated.filter((line) => !plain.has(line)).length;
    const items = readme.split(/^(?=- |$)/m).map((item) => item.replaceAll(/\s+/g, " "));
    const item = items.find((text) => text.includes(`](ports/${port}/accelerated.ts)`)) ?? "";
    assert.match(item, new RegExp(` ${own} of ${accelerated.length} lines of its own\\.`), port);
  }
});

test("the difference that is shown is that of the files", () => {
  const [, shown = ""] = /^```diff\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const sides = { plain: "-", accelerated: "+" } as const;
  for (const [name, sign] of Object.entries(sides)) {
    const lines = shown.split("\n").filter((line) => [" ", sign].includes(line[0] ?? ""));
    const text = lines.map((line) => line.slice(1)).join("\n");
    assert.ok(text.length > 500 && textOf("iris", name).includes(text), name);
  }
});

test.run();
