import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

const REFERENCE = /^(packages|docs\/trackers)\//;

/**
 * Tests that every block of TypeScript runs.
 *
 * @param numProcesses undefined for plain `node`.
 * @param where only those of packages and trackers, or only the others; default: all.
 */
export function checkBlocks(
  test: Test,
  numProcesses: number | undefined,
  where: "reference" | "guides" | "all" = "all",
): void {
  const chosen = blocks.filter(
    ({ file, language }) =>
      language === "ts" && (where === "all" || REFERENCE.test(file) === (where === "reference")),
  );
  // Inside the package, so that its imports resolve as a user's would.
  const scratch = join(FOLDER, `.docs/blocks-${numProcesses ?? "node"}-${where}`);
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
