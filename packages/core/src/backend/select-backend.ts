import { getBackend, setBackend } from "@tensorflow/tfjs-core";
import { AcceleratorError, messageOf } from "../errors.ts";
import { recordOutputsFirst } from "../step/second-derivatives.ts";
import { type BackendName, CANDIDATES, type Candidate } from "./candidates.ts";
import { registerGradients } from "./gradients/register-gradients.ts";
import { takeScriptBackend } from "./script-backend.ts";

/** The result of starting a backend. */
export type BackendAttempt = {
  readonly name: Candidate["name"];
  readonly works: boolean;
  /** Why it does not work and what to do, or a remark about a working backend; may be empty. */
  readonly reason: string;
};

/** The chosen backend, and those that were tried before it. */
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
  const wished = takeScriptBackend();
  const rejected: BackendAttempt[] = [];
  for (const candidate of candidates) {
    const attempt = await tryBackend(candidate, scriptUrl);
    if (attempt.works) {
      if (getBackend() !== candidate.tfjsName) await setBackend(candidate.tfjsName);
      if (wished !== undefined && wished !== candidate.tfjsName)
        warnOf(wished, candidate.name, name);
      return { chosen: attempt, rejected };
    }
    rejected.push(attempt);
  }
  const reasons = rejected.map((attempt) => `${attempt.name}: ${attempt.reason}`).join("; ");
  const subject = name === "auto" ? "No backend works" : `The backend "${name}" does not work here`;
  throw new AcceleratorError("BACKEND_UNAVAILABLE", `${subject}. ${reasons}.`);
}

function warnOf(wished: string, chosen: string, option: BackendName): void {
  process.emitWarning(
    `The script chose the backend "${wished}" with tf.setBackend, but the accelerator uses "${chosen}", because its ` +
      `option backend is "${option}"${option === "auto" ? ", the default" : ""}. Set that option instead: ` +
      `new Accelerator({ backend: "${wished}" }).`,
    "AcceleratorWarning",
  );
}

/** Tries every backend in this thread, then selects the one that `"auto"` chooses. */
export async function tryBackends(scriptUrl?: string): Promise<BackendAttempt[]> {
  const results: BackendAttempt[] = [];
  for (const candidate of CANDIDATES) results.push(await tryBackend(candidate, scriptUrl));
  await selectBackend("auto", scriptUrl);
  return results;
}

/** Once per thread: a backend that is loaded stays loaded. */
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
    recordOutputsFirst();
    registerGradients();
    const note = await load(scriptUrl);
    if (await setBackend(tfjsName)) return { name, works: true, reason: note ?? "" };
    return { name, works: false, reason: `tfjs could not initialise it. ${advice}` };
  } catch (error) {
    return { name, works: false, reason: `${messageOf(error)}. ${advice}` };
  }
}
