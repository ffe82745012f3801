import { fileURLToPath } from "node:url";
import { contestOfPresent } from "@acc/test-kit/bench/contest";
import { measureFigures, nodeProgram, type Program } from "@acc/test-kit/bench/measure";
import { lessIsBetter, type Row } from "@acc/test-kit/bench/row";

const urlOf = (file: string): URL => new URL(file, import.meta.url);

/**
 * How long a save of 96 MB holds the loop: on the onnx backend beside a copy of the same bytes, and on wasm beside PyTorch's
 * asynchronous one, if PyTorch is there.
 */
export async function benchCheckpoint(python: string | undefined, rounds: number): Promise<Row[]> {
  const copies: Row[] = [];
  for (const replicas of [1, 2]) {
    const program = nodeProgram(urlOf("./stall.ts"), [String(replicas)]);
    const [ours = 0, peer = 0] = await measureFigures(program);
    const name = `saveState of 96 MB on onnx holds the loop, ${replicas} replica(s)`;
    const figures = { unit: "ms", ours, peer, peerName: "a copy of the same bytes" };
    copies.push(lessIsBetter({ name, ...figures, target: null }));
  }
  if (!python) return copies;
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
    ...copies,
    ...row(1, ms.one, ms.cached, "caching stager"),
    ...row(1, ms.one, ms.fresh, "fresh memory"),
    ...row(2, ms.two, ms.cached, "caching stager, 1 rank"),
  ];
}
