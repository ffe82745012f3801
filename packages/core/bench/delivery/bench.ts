import { contest } from "@acc/test-kit/bench/contest";
import { nodeProgram } from "@acc/test-kit/bench/measure";
import { lessIsBetter, type Row } from "@acc/test-kit/bench/row";

const ROUNDS = 5;

/** Time of a training loop that logs at every step, whatever the service of its tracker does. */
export async function* benchDelivery(): AsyncGenerator<Row> {
  const script = new URL("./run.ts", import.meta.url);
  const { none, ...modes } = await contest(
    {
      none: nodeProgram(script),
      well: nodeProgram(script, ["well"]),
      down: nodeProgram(script, ["down"]),
      slow: nodeProgram(script, ["slow"]),
      failing: nodeProgram(script, ["failing"]),
      hanging: nodeProgram(script, ["hanging"]),
    },
    ROUNDS,
  );
  for (const [mode, ours] of Object.entries(modes)) {
    yield lessIsBetter({
      name: `training loop, its tracker's service ${mode}`,
      unit: "ms",
      ours,
      peer: none,
      peerName: "the loop without a tracker",
      target: { of: "ratio", atLeast: 0.98 },
    });
  }
}
