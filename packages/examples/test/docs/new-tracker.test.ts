import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("docs/new-tracker.md");
const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const page = readFileSync(join(ROOT, "docs/new-tracker.md"), "utf8");
const trackers = readdirSync(join(ROOT, "packages/trackers"));
/** What every tracker has; a service also has a client. */
const EVERYWHERE = [
  "index.ts",
  "options.ts",
  "state.ts",
  "operation.ts",
  "translate.ts",
  "sink.ts",
];
const FOLDERS = ["client", "format", "native", "translate"];

test("the page names every role and folder", () => {
  const roles = [...EVERYWHERE, "tracker.ts", "settings.ts", "translate-call.ts"];
  for (const role of [...roles, "online-sink.ts", "offline-sink.ts", "operation-builder.ts"]) {
    assert.ok(page.includes(`\`${role}\``), role);
  }
  for (const folder of FOLDERS) assert.ok(page.includes(`\`${folder}/\``), folder);
});

for (const tracker of trackers) {
  test(`${tracker} has the roles of the page, and no other folder`, () => {
    const source = join(ROOT, "packages/trackers", tracker, "src");
    for (const role of [...EVERYWHERE, "tracker.ts", "native", "format"]) {
      assert.ok(existsSync(join(source, role)), role);
    }
    const entries = readdirSync(source, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    assert.equal(
      folders.filter((name) => !FOLDERS.includes(name)),
      [],
    );
    const hasBoth = existsSync(join(source, "online-sink.ts"));
    assert.is(existsSync(join(source, "offline-sink.ts")), hasBoth, "one sink is sink.ts");
    const text = readFileSync(join(source, "translate.ts"), "utf8");
    assert.match(text, /class \w+Translator implements Translator</);
    const main = readFileSync(join(source, "tracker.ts"), "utf8");
    assert.match(main, /constructor\((creation|\{[^)]*\}): TrackerCreation\)/);
    assert.match(main, /recordEvents\(|translateEvents\(/);
  });
}

test.run();
