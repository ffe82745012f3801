import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TrackerUnreachableError } from "@acc/core/tracker";
import type { Environment } from "@acc/tracker-kit";
import type { TrackioOptions } from "../options.ts";
import { hubFolder, type Target } from "../settings.ts";

export type RemoteTarget = Exclude<Target, { mode: "local" }>;

/**
 * The headers with the key. Called for every delivery: keys are read when they are needed.
 *
 * @throws {TrackerUnreachableError} `permanent` if there is no key.
 */
export function keyHeaders(
  { mode }: RemoteTarget,
  options: TrackioOptions,
  env: Environment = process.env,
): Record<string, string> {
  if (mode === "server") {
    const token = options.writeToken || tokenInAddress(env) || env.TRACKIO_WRITE_TOKEN;
    if (token) return { "x-trackio-write-token": token };
    throw new TrackerUnreachableError(
      "Trackio's server takes values only with its token: set TRACKIO_WRITE_TOKEN for both of them, and run `acc sync`",
      { permanent: true },
    );
  }
  const token = options.hfToken || env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN || tokenFile(env);
  if (token) return { authorization: `Bearer ${token}` };
  throw new TrackerUnreachableError(
    "a Space takes values only with a token that may write to it: set HF_TOKEN, or call `hf auth login`, and run `acc sync`",
    { permanent: true },
  );
}

/** `trackio show` prints an address with the token in it. */
function tokenInAddress({ TRACKIO_SERVER_URL = "" }: Environment): string | undefined {
  if (!URL.canParse(TRACKIO_SERVER_URL)) return undefined;
  return new URL(TRACKIO_SERVER_URL).searchParams.get("write_token") ?? undefined;
}

/** What `hf auth login` keeps. */
function tokenFile(env: Environment): string | undefined {
  try {
    return readFileSync(env.HF_TOKEN_PATH || join(hubFolder(env), "token"), "utf8").trim();
  } catch {
    return undefined; // nobody has logged in
  }
}
