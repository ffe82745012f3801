import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { lessIsBetter, median, type Row, type Target } from "@acc/test-kit/bench/row";

const ROUNDS = 15;
const ACC = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));

/** Wall time of `acc launch` with two replicas that do nothing, beside a Node.js that does nothing. */
export async function* benchLaunch(): AsyncGenerator<Row> {
  yield await benchScript("empty.mjs", { of: "ours - peer", atMost: 400 });
  yield await benchScript("empty.ts", null);
}

async function benchScript(name: string, target: Target | null): Promise<Row> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const [launched, plain]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    launched.push(await timeOf([ACC, "launch", "--num-processes", "2", script]));
    plain.push(await timeOf(["--eval", "0"]));
  }
  return lessIsBetter({
    name: `launch of 2 replicas of ${name}`,
    unit: "ms",
    ours: median(launched),
    peer: median(plain),
    peerName: "node --eval 0",
    target,
  });
}

function timeOf(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { stdio: "ignore", timeout: 60_000 });
    child.on("close", (code) => {
      if (code === 0) resolve(performance.now() - started);
      else reject(new Error(`${args.join(" ")} ended with ${code}`));
    });
  });
}
