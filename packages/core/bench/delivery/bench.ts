import { contest } from "../contest.ts";
import { lessIsBetter, type Row } from "../row.ts";

const ROUNDS = 5;

/** Time of a training loop that logs at every step, whatever the service of its tracker does. */
export async function* benchDelivery(): AsyncGenerator<Row> {
  const script = new URL("./run.ts", import.meta.url);
  const { none, ...modes } = await contest(
    {
      none: { script },
      well: { script, args: ["well"] },
      down: { script, args: ["down"] },
      slow: { script, args: ["slow"] },
      failing: { script, args: ["failing"] },
      hanging: { script, args: ["hanging"] },
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
