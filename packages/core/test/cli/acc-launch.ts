import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ACC = fileURLToPath(new URL("../../bin/acc.mjs", import.meta.url));
/** Trains, and fails as its arguments say. */
export const SCRIPT = fileURLToPath(new URL("../launch/fixtures/train-until.ts", import.meta.url));
const TIMEOUT_MS = 60_000;

export type Result = { code: number | null; output: string };

/** Runs `acc launch` as a user would: the built package under plain node. */
export function launch(
  args: string[],
  act: (child: ChildProcess, output: string) => void = () => {},
): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [ACC, "launch", ...args], {
      timeout: TIMEOUT_MS,
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    let output = "";
    const take = (chunk: Buffer): void => {
      output += chunk;
      act(child, output);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** Acts once, when the script trains. */
export function whenTraining(
  act: (child: ChildProcess) => void,
): (child: ChildProcess, output: string) => void {
  let isDone = false;
  return (child, output) => {
    if (isDone || !output.includes("training")) return;
    isDone = true;
    act(child);
  };
}

export function timesIn(output: string, text: string): number {
  return output.split(text).length - 1;
}
