import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { Service } from "../journal/service.ts";
import { ServiceProject } from "../journal/service-project.ts";

const CORE = fileURLToPath(new URL("../..", import.meta.url));
const ACC = join(CORE, "bin/acc.mjs");
const scriptPath = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

export type Ended = { readonly code: number | null; readonly output: string };

/** A project with the script, and a service that it logs to. */
export class Interrupted {
  readonly service: Service = new Service();
  readonly #project = new ServiceProject();

  /** @param script of the fixtures. */
  constructor(script = "preempted.ts") {
    const { folder } = this.#project;
    cpSync(scriptPath(script), join(folder, "train.ts"));
    symlinkSync(join(CORE, "node_modules/@tensorflow"), join(folder, "node_modules/@tensorflow"));
  }

  /** @param act called once, when the script trains. */
  async run(
    options: readonly string[],
    args: readonly string[],
    act: (kill: (signal: NodeJS.Signals) => void) => void = () => {},
  ): Promise<Ended> {
    const { child, finished } = this.#project.start([...options, "train.ts", "runs", ...args], {
      SERVICE_URL: this.service.url,
    });
    let hasActed = false;
    child.stdout?.on("data", (chunk) => {
      if (hasActed || !String(chunk).includes("training")) return;
      hasActed = true;
      act((signal) => child.kill(signal));
    });
    const { code, stdout, stderr } = await finished;
    return { code, output: stdout + stderr };
  }
}

export const PLAIN: readonly string[] = ["--import", join(CORE, "src/register-ts.mjs")];

export function launchOf(n: number, ...options: readonly string[]): string[] {
  return [ACC, "launch", "--num-processes", String(n), ...options];
}

export function weightsOf({ output }: Ended): string {
  return /weights (.*)/.exec(output)?.[1] ?? output;
}

/** The losses at the service, by step: each once. */
export function lossesOf({ service }: Interrupted): number[] {
  const events = [...service.events.values()] as unknown as {
    readonly type: string;
    readonly values: { readonly loss: number };
    readonly context: { readonly step: number };
  }[];
  const metrics = events.filter(({ type }) => type === "metrics");
  metrics.sort((a, b) => a.context.step - b.context.step);
  assert.equal(
    metrics.map(({ context }) => context.step),
    Array.from({ length: metrics.length }, (_, step) => step),
  );
  return metrics.map(({ values }) => values.loss);
}

export async function using(
  use: (run: Interrupted) => Promise<void>,
  script?: string,
): Promise<void> {
  const run = new Interrupted(script);
  await run.service.start();
  try {
    await use(run);
  } finally {
    await run.service.stop();
  }
}

type Outcome = { readonly weights: string; readonly losses: number[] };

const outcomes = new Map<string, Promise<Outcome>>();

/** The weights and losses of a run that nobody interrupts: several tests compare with one run. */
export function undisturbed(command: readonly string[], script?: string): Promise<Outcome> {
  const key = JSON.stringify([command, script]);
  const outcome = outcomes.get(key) ?? runUndisturbed(command, script);
  outcomes.set(key, outcome);
  return outcome;
}

async function runUndisturbed(command: readonly string[], script?: string): Promise<Outcome> {
  let found = { weights: "", losses: [] as number[] };
  await using(async (run) => {
    const ended = await run.run(command, []);
    assert.is(ended.code, 0, ended.output);
    found = { weights: weightsOf(ended), losses: lossesOf(run) };
  }, script);
  return found;
}
