import { getBackend, setBackend } from "@tensorflow/tfjs-core";
import { AcceleratorError, messageOf } from "../errors.ts";

/** `"auto"` takes the first of the others that works. */
export type BackendName = "auto" | "wasm" | "cpu";

/** What was chosen, and why nothing before it was. */
export type BackendReport = {
  readonly name: Exclude<BackendName, "auto">;
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
};

type Candidate = {
  readonly name: Exclude<BackendName, "auto">;
  /** Registers the backend and what we add to it. Imports it only now: registering alone changes tfjs's default. */
  load(): Promise<unknown>;
  /** What a user can do when it does not load. */
  readonly advice: string;
};

/** In order of preference. */
const CANDIDATES: readonly Candidate[] = [
  {
    name: "wasm",
    load: async () => {
      await import("@tensorflow/tfjs-backend-wasm");
      const { registerTrainingKernels } = await import("./wasm/register-training-kernels.ts");
      registerTrainingKernels();
    },
    advice: "Install @tensorflow/tfjs-backend-wasm 4.22, or choose the backend cpu.",
  },
  {
    name: "cpu",
    load: () => import("@tensorflow/tfjs-backend-cpu"),
    advice: "Install @tensorflow/tfjs-backend-cpu 4.22.",
  },
];

const reports = new Map<BackendName, Promise<BackendReport>>();

/**
 * Makes a backend the one that tfjs uses in this thread. Tensors made before on another one are moved when
 * they are used.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` for an unknown name, `BACKEND_UNAVAILABLE` if it does not work.
 */
export async function selectBackend(name: BackendName): Promise<BackendReport> {
  const candidates = CANDIDATES.filter((candidate) => name === "auto" || candidate.name === name);
  if (candidates.length === 0) {
    const names = ["auto", ...CANDIDATES.map((candidate) => candidate.name)].join(", ");
    throw new AcceleratorError(
      "OPTION_INVALID",
      `There is no backend "${name}"; choose one of ${names}.`,
    );
  }
  let report = reports.get(name);
  if (!report) {
    report = firstThatWorks(candidates);
    reports.set(name, report);
  }
  const chosen = await report;
  if (getBackend() !== chosen.name) await setBackend(chosen.name);
  return chosen;
}

async function firstThatWorks(candidates: readonly Candidate[]): Promise<BackendReport> {
  const rejected: { name: string; reason: string }[] = [];
  for (const { name, load, advice } of candidates) {
    try {
      await load();
      if (await setBackend(name)) return { name, rejected };
      rejected.push({ name, reason: `tfjs could not initialise it. ${advice}` });
    } catch (error) {
      rejected.push({ name, reason: `${messageOf(error)}. ${advice}` });
    }
  }
  const reasons = rejected.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  throw new AcceleratorError("BACKEND_UNAVAILABLE", `No backend works. ${reasons}`);
}
