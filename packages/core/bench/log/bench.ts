import { contest } from "@acc/test-kit/bench/contest";
import { nodeProgram } from "@acc/test-kit/bench/measure";
import { lessIsBetter, type Row } from "@acc/test-kit/bench/row";

const ROUNDS = 5;

/** Time of the training thread that one call of `log` takes, with as many trackers. */
export async function* benchLog(): AsyncGenerator<Row> {
  const script = new URL("./log.ts", import.meta.url);
  const { append, ...ours } = await contest(
    {
      none: nodeProgram(script, ["0"]),
      one: nodeProgram(script, ["1"]),
      three: nodeProgram(script, ["3"]),
      append: nodeProgram(new URL("./append.ts", import.meta.url)),
    },
    ROUNDS,
  );
  const row = (trackers: string, cost: number): Row =>
    lessIsBetter({
      name: `log of two numbers, ${trackers}`,
      unit: "us",
      ours: cost,
      peer: append,
      peerName: "appendFileSync of a line of JSON",
      target: { of: "ours", atMost: 2 },
    });
  yield row("no tracker", ours.none);
  yield row("1 tracker", ours.one);
  yield row("3 trackers", ours.three);
}
