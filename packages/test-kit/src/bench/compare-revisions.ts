import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOnce, cacheFolder } from "../cache-folder.mjs";
import { runCommand } from "../run-command.mjs";
import { format, median, type Row } from "./row.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const REGISTER = "packages/core/src/register-ts.mjs";
const SETUP_MS = 600_000;
const BENCH_MS = 3_600_000;
/** Smaller differences are never called one. */
const LEAST_CHANGE = 0.03;

export type Comparison = {
  /** Anything that git takes for a commit. */
  readonly revision: string;
  /** The bench, from the root of the repository, and its arguments. */
  readonly script: string;
  readonly args: readonly string[];
  readonly rounds: number;
};

/**
 * Runs a bench of another revision and of this one in turns, and prints what became better or worse: what changed by more
 * than 3 %, in the same direction in every round. It never fails because of a figure.
 *
 * @throws {Error} if the revision is unknown, cannot be set up, or a bench fails.
 */
export async function compareRevisions(comparison: Comparison): Promise<void> {
  const { revision, script, args, rounds } = comparison;
  const commit = await runCommand("git", ["rev-parse", "--verify", `${revision}^{commit}`], {
    cwd: ROOT,
  });
  const other = await checkedOut(commit.trim());
  const found = new Map<string, { row: Row; before: number[]; after: number[] }>();
  for (let round = 0; round < rounds; round++) {
    const turns = [
      ["before", other],
      ["after", ROOT],
    ] as const;
    for (const [side, root] of round % 2 === 0 ? turns : turns.toReversed()) {
      for (const row of await rowsOf(root, script, args)) {
        const known = found.get(row.name) ?? { row, before: [], after: [] };
        known[side].push(row.ours);
        found.set(row.name, { ...known, row: row.better ? row : known.row }); // an old bench does not say what is better
      }
    }
    console.log(`round ${round + 1} of ${rounds}`);
  }
  console.log(`\n${"".padEnd(44)} ${revision.slice(0, 12).padStart(12)} ${"now".padStart(12)}`);
  for (const [name, { row, ...sides }] of found) console.log(lineOf(name, row, sides));
}

function lineOf(
  name: string,
  { unit, better }: Row,
  { before, after }: { readonly before: readonly number[]; readonly after: readonly number[] },
): string {
  if (before.length !== after.length) return `${name.padEnd(44)} in one of the revisions only`;
  const ratios = after.map((value, i) => {
    const quotient = (before[i] as number) / value;
    return better === "less" ? quotient : 1 / quotient;
  });
  const ratio = median(ratios);
  const isWorse = ratio < 1 - LEAST_CHANGE && ratios.every((one) => one < 1);
  const isBetter = ratio > 1 + LEAST_CHANGE && ratios.every((one) => one > 1);
  const verdict = isWorse ? "WORSE" : isBetter ? "better" : "";
  const figures = [before, after].map((values) => format(median(values)).padStart(12));
  return `${name.padEnd(44)} ${figures.join(" ")} ${unit.padEnd(9)} ${ratio.toFixed(2)}x  ${verdict}`;
}

/** The revision in a folder of its own, built; kept for the next time. */
async function checkedOut(commit: string): Promise<string> {
  const folder = cacheFolder("revision", commit);
  await buildOnce(folder, async () => {
    const archive = join(folder, "revision.tar");
    await runCommand("git", ["archive", "--output", archive, commit], { cwd: ROOT });
    await runCommand("tar", ["-xf", archive], { cwd: folder });
    await runCommand("npm", ["run", "--silent", "setup"], { cwd: folder, timeoutMs: SETUP_MS });
  });
  return folder;
}

async function rowsOf(root: string, script: string, args: readonly string[]): Promise<Row[]> {
  const results = mkdtempSync(join(tmpdir(), "acc-bench-"));
  const json = join(results, "rows.json");
  const bench = ["--import", join(root, REGISTER), join(root, script), "--json", json, ...args];
  await runCommand(process.execPath, bench, { cwd: root, timeoutMs: BENCH_MS });
  const rows = JSON.parse(readFileSync(json, "utf8")) as Row[];
  rmSync(results, { recursive: true });
  return rows;
}
