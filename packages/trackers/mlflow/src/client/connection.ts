import { TrackerUnreachableError } from "@acc/core/tracker";
import type { Environment } from "@acc/tracker-kit";
import type { MlflowOptions } from "../options.ts";

/** The address of the server, and the authentication of requests. */
export type Connection = {
  /** Without a slash at the end, user name and password. */
  readonly trackingUri: string;
  readonly headers: Record<string, string>;
};

/**
 * Finds the server. Called for every attempt: keys are read when they are needed.
 *
 * @param known address that an earlier process found, for `acc sync` if nothing else names one.
 * @throws {TrackerUnreachableError} `permanent`, if no address of a server is given.
 */
export function resolveConnection(
  options: MlflowOptions,
  known: string | undefined,
  env: Environment = process.env,
): Connection {
  const uri = [options.trackingUri, env.MLFLOW_TRACKING_URI, known].find((text) => text?.trim());
  if (uri === undefined) {
    throw new TrackerUnreachableError(
      "no MLflow server is named. Set MLFLOW_TRACKING_URI to its address, such as http://127.0.0.1:5000, and " +
        "run `acc sync`",
      { permanent: true },
    );
  }
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    const scheme = url?.protocol ?? "a path"; // the rest may hold a password
    throw new TrackerUnreachableError(
      `the tracking URI (${scheme}) is not the address of a server. Start \`mlflow server\` over that store, set ` +
        "MLFLOW_TRACKING_URI to its http:// or https:// address, and run `acc sync`",
      { permanent: true },
    );
  }
  const headers = authorization(options, url, env);
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  return { trackingUri: url.href.replace(/\/+$/, ""), headers };
}

/** A user name wins over a token, as in the official client. */
function authorization(
  { username, password, token }: MlflowOptions,
  url: URL,
  env: Environment,
): Record<string, string> {
  const user = username ?? env.MLFLOW_TRACKING_USERNAME ?? decoded(url.username);
  const secret = password ?? env.MLFLOW_TRACKING_PASSWORD ?? decoded(url.password);
  if (user !== "") {
    const pair = Buffer.from(`${user}:${secret}`).toString("base64");
    return { authorization: `Basic ${pair}` };
  }
  const bearer = token ?? env.MLFLOW_TRACKING_TOKEN ?? "";
  return bearer === "" ? {} : { authorization: `Bearer ${bearer}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign of its own
  }
}
