import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("docs/errors.md");
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const ERRORS = "packages/core/src/errors.ts";

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name = ""]) => name);

/** The source of all packages but the file that lists the codes. */
function sources(): string {
  return ["packages", "packages/trackers"]
    .flatMap((parent) => readdirSync(join(ROOT, parent)).map((name) => join(parent, name, "src")))
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) =>
        join(folder, path),
      ),
    )
    .filter((path) => /\.(ts|mjs)$/.test(path) && path !== ERRORS)
    .map((path) => readFileSync(join(ROOT, path), "utf8"))
    .join("\n");
}

const declared = matches(readFileSync(join(ROOT, ERRORS), "utf8"), /^ {2}\| "(\w+)"/gm);
const documented = matches(
  readFileSync(join(ROOT, "docs/errors.md"), "utf8"),
  /^- `([A-Z_]+)`: /gm,
);

test("every code is documented once, and no other", () => {
  assert.ok(declared.length > 20);
  assert.equal([...documented].sort(), [...declared].sort());
});

test("every code is thrown somewhere", () => {
  const text = sources();
  const unused = declared.filter((code) => !text.includes(`"${code}"`));
  assert.equal(unused, []);
});

test.run();
