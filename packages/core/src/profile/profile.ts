import type { Collective } from "../collective/collective.ts";
import { AcceleratorError } from "../errors.ts";
import { type ProfileOptions, resolveProfileOptions } from "./profile-options.ts";
import { Profiler } from "./profiler.ts";

let isProfiling = false;

/**
 * Runs `body` and records the phases of its steps on every rank. Collective at its end, when all traces are written.
 *
 * @throws {AcceleratorError} `OPTION_INVALID`, `STATE_INVALID` inside another call, `PROFILE_FAILED` on every rank if a trace
 *   cannot be written. What `body` throws is thrown as it is; the trace until then is written.
 */
export async function profile<T>(
  options: ProfileOptions,
  body: (profiler: Profiler) => T,
  collective: Collective,
): Promise<Awaited<T>> {
  if (typeof body !== "function") {
    throw new AcceleratorError("OPTION_INVALID", "profile: the last argument must be a function.");
  }
  const resolved = resolveProfileOptions(options);
  if (isProfiling) {
    throw new AcceleratorError(
      "STATE_INVALID",
      "profile: a profile of this replica is running already; end it first.",
    );
  }
  isProfiling = true;
  const profiler = new Profiler(resolved, collective.rank);
  let result: Awaited<T>;
  let fault = "";
  try {
    result = await body(profiler);
  } catch (error) {
    isProfiling = false;
    await profiler.end().catch(() => {}); // the first error is the one to report
    throw error;
  }
  try {
    fault = await profiler.end();
  } finally {
    isProfiling = false;
  }
  const faults = collective.allGatherObject(fault, "profile");
  const rank = faults.findIndex((one) => one !== "");
  if (rank < 0) return result;
  throw new AcceleratorError(
    "PROFILE_FAILED",
    `profile: the trace of rank ${rank} could not be written: ${faults[rank]}. Choose another outputTraceDir.`,
  );
}
