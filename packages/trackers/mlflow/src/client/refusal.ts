import { TrackerUnreachableError } from "@acc/core/tracker";
import { ServiceError } from "@acc/tracker-kit";

const MESSAGE_LENGTH = 300;

/** The server understood a request and refused it; the same request would be refused again. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** MLflow's own code, such as `INVALID_PARAMETER_VALUE`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The meaning of an answer above 299. Every refusal of MLflow is JSON with a code. Any other answer comes from another
 * program at that address, and the request is tried again later.
 */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  try {
    const { error_code: code, message } = JSON.parse(error.body) as Record<string, unknown>;
    if (typeof code === "string") return new Refusal(code, firstLine(String(message)));
  } catch {
    // not JSON: not MLflow
  }
  return new TrackerUnreachableError(
    `${error.message.slice(0, MESSAGE_LENGTH)}. Is it the address of an MLflow server?`,
    { cause: error },
  );
}

/** Some messages go on with the SQL of the server's database. */
function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").slice(0, MESSAGE_LENGTH);
}
