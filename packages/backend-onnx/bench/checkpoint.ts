import { fileURLToPath } from "node:url";
import { contestOfPresent } from "@acc/test-kit/bench/contest";
import { nodeProgram, type Program } from "@acc/test-kit/bench/measure";
import { lessIsBetter, type Row } from "@acc/test-kit/bench/row";

const urlOf = (file: string): URL => new URL(file, import.meta.url);

/** How long a save of 96 MB holds the loop, beside PyTorch's asynchronous one. No rows without PyTorch. */
export async function benchCheckpoint(python: string | undefined, rounds: number): Promise<Row[]> {
  if (!python) return [];
  const stall = (replicas: number) =>
    nodeProgram(urlOf("../../core/bench/checkpoint/stall.ts"), [String(replicas)]);
  const torch = (staging: "new" | "cached"): Program & { isOptional: true } => ({
    command: [python, fileURLToPath(urlOf("torch/save.py")), staging],
    isOptional: true,
  });
  const ms = await contestOfPresent(
    { one: stall(1), two: stall(2), cached: torch("cached"), fresh: torch("new") },
    rounds,
  );
  const row = (replicas: number, ours = Number.NaN, peer: number | undefined, how: string) =>
    peer === undefined
      ? []
      : [
          lessIsBetter({
            name: `saveState of 96 MB holds the loop, ${replicas} replica(s)`,
            ...{ unit: "ms", ours, peer, peerName: `dcp.async_save, ${how}`, target: null },
          }),
        ];
  return [
    ...row(1, ms.one, ms.cached, "caching stager"),
    ...row(1, ms.one, ms.fresh, "fresh memory"),
    ...row(2, ms.two, ms.cached, "caching stager, 1 rank"),
  ];
}
