import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as assert from "uvu/assert";
import type { ResumePoint, RunPlace } from "../../../src/context/tracker-request.ts";
import { Service } from "../../journal/service.ts";
import { type Finished, ServiceProject } from "../../journal/service-project.ts";
import type { Attempt } from "./fixtures/run-hub.ts";

const REGISTER = new URL("../../../src/register-ts.mjs", import.meta.url).href;
const SCRIPT = fileURLToPath(new URL("fixtures/run-hub.ts", import.meta.url));
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

type Part = Omit<Attempt, "loggingDir" | "moduleUrl" | "resume"> & {
  readonly resume?: number;
  readonly loggingDir?: string;
};

/** A run in several processes, with one service. */
export class Run {
  readonly project: ServiceProject = new ServiceProject();
  readonly service: Service = new Service();
  place: RunPlace | undefined;

  /** @param part `resume`: the value after which the checkpoint was made. */
  async attempt({ resume, ...part }: Part): Promise<Finished> {
    const { folder } = this.project;
    const tracker = join(folder, "node_modules/@acc/tracker-service/index.mjs");
    const attempt: Attempt = {
      ...{ loggingDir: join(folder, "runs"), ...part, moduleUrl: pathToFileURL(tracker).href },
      ...(resume === undefined ? {} : { resume: this.#at(resume) }),
    };
    const finished = await this.project.run(
      ["--import", REGISTER, SCRIPT, JSON.stringify(attempt)],
      { SERVICE_URL: this.service.url },
    );
    if (part.end === "kill") assert.is(finished.signal, "SIGKILL", finished.stderr);
    else assert.is(finished.code, 0, finished.stderr);
    // "undefined" without a journal
    if (finished.stdout.startsWith("{")) this.place = JSON.parse(finished.stdout) as RunPlace;
    return finished;
  }

  sync(folder = "runs"): Promise<Finished> {
    return this.project.acc(["sync", folder], { SERVICE_URL: this.service.url });
  }

  #at(value: number): ResumePoint {
    return { ...(this.place as RunPlace), checkpoint: `c${value}`, step: value };
  }
}

export async function withService(use: (run: Run) => Promise<void>): Promise<void> {
  const run = new Run();
  await run.service.start();
  try {
    await use(run);
  } finally {
    await run.service.stop();
  }
}

/** The runs of the service, each with how it was closed. */
export const ends = ({ service }: Run): string[] => [...service.finished.values()];
