import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FOLDER } from "./run-in.ts";

const test = suite("examples by feature");
const DIRECTORY = join(FOLDER, "by-feature");
const MINIMAL = "minimal.ts";

type Line = { readonly text: string; readonly isNew: boolean };

/** The lines of a script below its title, without empty ones; from `// New` to `// End of new.` they are its feature. */
function linesOf(script: string): Line[] {
  let isInside = false;
  const [, ...texts] = readFileSync(join(DIRECTORY, script), "utf8").split(/\n+/);
  return texts.map((text) => {
    const isBegin = /^\s*\/\/ New(:|$)/.test(text);
    const isEnd = /^\s*\/\/ End of new\.$/.test(text);
    assert.is(isBegin && isInside, false, `${script}: a region inside a region`);
    if (isBegin) isInside = true;
    const line = { text, isNew: isInside };
    if (isEnd) isInside = false;
    return line;
  });
}

/** Steps from one list of lines to the other, along their longest common subsequence. */
function difference(before: readonly string[], after: readonly Line[]): ("same" | Line | string)[] {
  const longest = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      (longest[i] as number[])[j] =
        before[i] === after[j]?.text ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const steps: ("same" | Line | string)[] = [];
  for (let [i, j] = [0, 0]; i < before.length || j < after.length; ) {
    const [old, line] = [before[i], after[j]];
    if (line && old === line.text && !line.isNew) {
      steps.push("same");
      [i, j] = [i + 1, j + 1];
    } else if (line && (i === before.length || at(i, j + 1) >= at(i + 1, j))) {
      steps.push(line);
      j += 1;
    } else {
      steps.push(old as string);
      i += 1;
    }
  }
  return steps;
}

const minimal = linesOf(MINIMAL).map(({ text }) => text);

for (const script of readdirSync(DIRECTORY).filter((name) => name !== MINIMAL)) {
  test(`${script} differs from ${MINIMAL} only by its feature`, () => {
    const steps = difference(minimal, linesOf(script));
    const added = steps.filter((step) => typeof step === "object");
    for (const { text, isNew } of added) assert.ok(isNew, `unmarked: ${text}`);
    assert.ok(added.length > 2, "there is a feature");
    for (const [index, step] of steps.entries()) {
      if (typeof step === "object" || step === "same") continue;
      // A line may go only where marked ones take its place.
      const run = neighbours(steps, index);
      assert.ok(
        run.some((other) => typeof other === "object"),
        `missing: ${step}`,
      );
    }
  });
}

/** The steps around one up to the next line that is the same in both. */
function neighbours(steps: readonly ("same" | Line | string)[], index: number): unknown[] {
  const start = steps.lastIndexOf("same", index) + 1;
  const end = steps.indexOf("same", index);
  return steps.slice(start, end < 0 ? steps.length : end);
}

test("a change outside of the marks is found", () => {
  const changed = minimal.map((text) => ({ text: text.replace("relu", "tanh"), isNew: false }));
  const steps = difference(minimal, changed);
  assert.is(steps.filter((step) => typeof step === "object").length, 1);
});

test.run();
