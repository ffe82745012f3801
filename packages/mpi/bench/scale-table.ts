/** The table of docs/clusters.md: how long an all-reduce takes on how many hosts, by the model. `node …/scale-table.ts` prints it. */
import { simulateChain } from "./simulate-chain.ts";

const SIZE_BYTES = 16 * 1024 * 1024; // four million weights
/** What travels at a time of a bucket of that size. */
const CHUNK_BYTES = 512 * 1024;
const GIGABITS = [1, 10, 25];
const HOSTS = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
/** A network of a machine room, and a thread that looks every 0.2 ms. */
const DELAY_S = 150e-6;

export function scaleTable(): string {
  const rows = HOSTS.map((hosts) => [
    String(hosts),
    ...GIGABITS.map((gigabits) => {
      const network = { bytesPerSecond: (gigabits * 1e9) / 8, delay: DELAY_S };
      const seconds = simulateChain(hosts, SIZE_BYTES, CHUNK_BYTES, network);
      return `${(seconds * 1000).toFixed(0)} ms`;
    }),
  ]);
  const heads = ["hosts", ...GIGABITS.map((gigabits) => `${gigabits} Gbit/s`)];
  const widths = heads.map((head, i) =>
    Math.max(...[head, ...rows.map((row) => row[i] ?? "")].map(({ length }) => length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(heads), rule, ...rows.map(line)].join("\n");
}

if (import.meta.url === `file://${process.argv[1]}`) console.log(scaleTable());
