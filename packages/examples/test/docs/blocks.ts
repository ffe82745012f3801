import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ownFiles } from "@acc/test-kit/own-files";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { FOLDER } from "../run-in.ts";
import { runInScratch } from "../run-in-scratch.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

type Block = { file: string; index: number; language: string; code: string };

function blocksOf(file: string): Block[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", code = ""], index) => ({
      ...{ file, index, language, code },
    }),
  );
}

const files = ownFiles(ROOT).filter((path) => path.endsWith(".md") && !path.includes("fixtures"));
export const blocks: readonly Block[] = files.flatMap(blocksOf);

/** Blocks that are files of the examples, which have tests of their own. */
const EXAMPLES: ReadonlySet<string> = new Set(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(FOLDER, name), "utf8")),
);

/**
 * Tests that every block of TypeScript runs that is no example.
 *
 * @param numProcesses undefined for plain `node`.
 * @param part whether it is the README of the repository, or all other files; default: both.
 */
export function checkBlocks(
  test: Test,
  numProcesses: number | undefined,
  part: "README" | "others" | "all" = "all",
): void {
  const chosen = blocks.filter(
    ({ file, language, code }) =>
      language === "ts" &&
      !EXAMPLES.has(code) &&
      (part === "all" || (file === "README.md") === (part === "README")),
  );
  // Inside the package, so that its imports resolve as a user's would.
  const scratch = join(FOLDER, `.docs/blocks-${numProcesses ?? "node"}-${part}`);
  for (const { file, index, code } of chosen) {
    test(`block ${index + 1} of ${file} runs`, async () => {
      mkdirSync(scratch, { recursive: true });
      const script = join(scratch, `${file.replaceAll(/\W/g, "-")}-${index}.ts`);
      writeFileSync(script, code);
      const { code: exit, output } = await runInScratch(relative(FOLDER, script), numProcesses);
      assert.is(exit, 0, output);
      rmSync(scratch, { recursive: true });
    });
  }
}
