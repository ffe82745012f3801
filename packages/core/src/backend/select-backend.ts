import { getBackend, setBackend } from "@tensorflow/tfjs-core";
import { AcceleratorError, messageOf } from "../errors.ts";
import { type BackendName, CANDIDATES, type Candidate } from "./candidates.ts";

/** How starting a backend went. */
export type BackendAttempt = {
  readonly name: Candidate["name"];
  readonly works: boolean;
  /** Why it does not work and what to do, or what is to know about it; empty if nothing is. */
  readonly reason: string;
};

/** What was chosen, and what was tried before it. */
export type BackendReport = {
  readonly chosen: BackendAttempt;
  readonly rejected: readonly BackendAttempt[];
};

const attempts = new Map<string, Promise<BackendAttempt>>();

/**
 * Makes a backend the one that tfjs uses in this thread. Tensors made before on another one are moved when
 * they are used.
 *
 * @param scriptUrl the training script, from which optional packages are resolved.
 * @throws {AcceleratorError} `OPTION_INVALID` for an unknown name, `BACKEND_UNAVAILABLE` if it does not work.
 */
export async function selectBackend(name: BackendName, scriptUrl?: string): Promise<BackendReport> {
  const candidates = CANDIDATES.filter((candidate) => name === "auto" || candidate.name === name);
  if (candidates.length === 0) {
    const names = ["auto", ...CANDIDATES.map((candidate) => candidate.name)].join(", ");
    throw new AcceleratorError(
      "OPTION_INVALID",
      `There is no backend "${name}"; choose one of ${names}.`,
    );
  }
  const rejected: BackendAttempt[] = [];
  for (const candidate of candidates) {
    const attempt = await tryBackend(candidate, scriptUrl);
    if (attempt.works) {
      if (getBackend() !== candidate.tfjsName) await setBackend(candidate.tfjsName);
      return { chosen: attempt, rejected };
    }
    rejected.push(attempt);
  }
  const reasons = rejected.map((attempt) => `${attempt.name}: ${attempt.reason}`).join("; ");
  const subject = name === "auto" ? "No backend works" : `The backend "${name}" does not work here`;
  throw new AcceleratorError("BACKEND_UNAVAILABLE", `${subject}. ${reasons}.`);
}

/** Tries every backend in this thread, and leaves it with the one that `"auto"` takes. */
export async function tryBackends(scriptUrl?: string): Promise<BackendAttempt[]> {
  const results: BackendAttempt[] = [];
  for (const candidate of CANDIDATES) results.push(await tryBackend(candidate, scriptUrl));
  await selectBackend("auto", scriptUrl);
  return results;
}

/** Once per thread: what is loaded stays loaded. */
function tryBackend(candidate: Candidate, scriptUrl: string | undefined): Promise<BackendAttempt> {
  let attempt = attempts.get(candidate.name);
  if (!attempt) {
    attempt = start(candidate, scriptUrl);
    attempts.set(candidate.name, attempt);
  }
  return attempt;
}

async function start(
  { name, tfjsName, load, advice }: Candidate,
  scriptUrl: string | undefined,
): Promise<BackendAttempt> {
  try {
    const note = await load(scriptUrl);
    if (await setBackend(tfjsName)) return { name, works: true, reason: note ?? "" };
    return { name, works: false, reason: `tfjs could not initialise it. ${advice}` };
  } catch (error) {
    return { name, works: false, reason: `${messageOf(error)}. ${advice}` };
  }
}
