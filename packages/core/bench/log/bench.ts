import { contest } from "../contest.ts";
import { lessIsBetter, type Row } from "../row.ts";

const ROUNDS = 5;

/** Time of the training thread that one call of `log` takes. */
export async function* benchLog(): AsyncGenerator<Row> {
  const { log, append } = await contest(
    {
      log: { script: new URL("./log.ts", import.meta.url) },
      append: { script: new URL("./append.ts", import.meta.url) },
    },
    ROUNDS,
  );
  yield lessIsBetter({
    name: "log of two numbers, tracker on the host",
    unit: "us",
    ours: log,
    peer: append,
    peerName: "appendFileSync of a line of JSON",
    target: { of: "ours", atMost: 5 },
  });
}
