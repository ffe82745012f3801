/**
 * Points per second that `aim server` takes from us and from Aim's own client, in turn, at the same server:
 * `node --import ./packages/core/src/register-ts.mjs packages/trackers/aim/bench/points.ts`. Needs Python with Aim:
 * `npm run test:peers -- trackers/aim`.
 */
import { availableParallelism, cpus } from "node:os";
import { formatRow, median, moreIsBetter } from "@acc/test-kit/bench/row";
import { AimServer, python, runOfficial } from "@acc/test-kit/servers/aim-server";
import { createTracker, metrics, Recording, sequenced } from "../test/recording.ts";

const ROUNDS = 3;
const POINTS = 2000;
/** Events that come together while the server takes those before them. */
const PORTION = 100;
const LIMIT_MS = 120_000;

/** Both start with an open run that has the sequence already, and end when the server has answered everything. */
async function ours(server: AimServer): Promise<number> {
  const run = new Recording();
  const tracker = createTracker(run, { repo: server.url });
  const deliver = (from: number, count: number) =>
    tracker.deliver(
      sequenced(
        Array.from({ length: count }, (_, i) => metrics({ loss: 1 / (from + i + 1) }, from + i)),
        from,
      ),
      AbortSignal.timeout(LIMIT_MS),
    );
  await deliver(0, 1);
  const started = performance.now();
  for (let from = 1; from <= POINTS; from += PORTION) await deliver(from, PORTION);
  const seconds = (performance.now() - started) / 1000;
  await tracker.finish("success");
  return POINTS / seconds;
}

async function theirs(server: AimServer): Promise<number> {
  const printed = await runOfficial(
    server,
    `
import time
run = aim.Run(repo=url, **quiet)
queue = run.repo._client.get_queue()
run.track(1.0, name="loss", step=0)
queue.wait_for_finish()
started = time.perf_counter()
for i in range(1, ${POINTS} + 1): run.track(1 / (i + 1), name="loss", step=i)
queue.wait_for_finish()
print(${POINTS} / (time.perf_counter() - started))
run.close()`,
  );
  return Number(printed.trim());
}

if (python === undefined) {
  console.log("skipped: Aim is not installed (npm run test:peers -- trackers/aim installs it)");
} else {
  console.log(
    `${cpus()[0]?.model}, ${availableParallelism()} cores, Node.js ${process.versions.node}\n`,
  );
  const server = await AimServer.start();
  try {
    const rates: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
    for (let round = 0; round < ROUNDS; round++) {
      rates.ours.push(await ours(server));
      rates.theirs.push(await theirs(server));
    }
    const row = moreIsBetter({
      name: "points to aim server",
      unit: "1/s",
      ours: median(rates.ours),
      peer: median(rates.theirs),
      peerName: "Aim's own client",
      target: { of: "ratio", atLeast: 1 },
    });
    console.log(formatRow(row));
  } finally {
    await server.kill();
  }
}
