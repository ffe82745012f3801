import { measureFigures, nodeProgram } from "@acc/test-kit/bench/measure";
import { lessIsBetter, moreIsBetter, type Row } from "@acc/test-kit/bench/row";

/** Replicas, and the copies of the state that a save may take at most, as a ratio: 1.2 and 0.7. */
const STALLS = [
  [1, 1 / 1.2],
  [2, 1 / 0.7],
] as const;

/** Writing and loading a checkpoint of 96 MB on the disk of the temporary folder, in one process. */
export async function* benchCheckpoint(): AsyncGenerator<Row> {
  const script = new URL("./checkpoint.ts", import.meta.url);
  const [write = 0, plainWrite = 0, load = 0, plainRead = 0] = await measureFigures(
    nodeProgram(script),
  );
  yield moreIsBetter({
    name: "checkpoint of 96 MB, written and flushed",
    unit: "MB/s",
    ours: write,
    peer: plainWrite,
    peerName: "write + fdatasync of the same files",
    target: { of: "ratio", atLeast: 0.9 },
  });
  yield lessIsBetter({
    name: "checkpoint of 96 MB, loaded and verified",
    unit: "ms",
    ours: load,
    peer: plainRead,
    peerName: "readFile of the same bytes",
    target: { of: "ours", atMost: 150 },
  });
  for (const [numProcesses, atLeast] of STALLS) {
    const program = nodeProgram(new URL("./stall.ts", import.meta.url), [String(numProcesses)]);
    const [ours = 0, peer = 0] = await measureFigures(program);
    yield lessIsBetter({
      name: `saveState of 96 MB holds the loop, ${numProcesses} replica(s)`,
      unit: "ms",
      ...{ ours, peer, peerName: "a copy of the same bytes" },
      target: { of: "ratio", atLeast },
    });
  }
  const restart = nodeProgram(new URL("./restart.ts", import.meta.url));
  const [resumed = 0, begun = 0] = await measureFigures(restart);
  yield lessIsBetter({
    name: "acc launch to the first step behind kill -9, 2 replicas",
    unit: "ms",
    ...{ ours: resumed, peer: begun, peerName: "to the first step of a new run" },
    target: { of: "ours", atMost: 1500 },
  });
}
