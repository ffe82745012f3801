import type { IncomingMessage } from "node:http";
import { Refusal } from "../wire/refusal.ts";

const MAX_BODY_BYTES = 64 * 1024;

/** The JSON object that a request brings. @throws {Refusal} if it is too large, or something else. */
export async function readJsonObject(
  request: IncomingMessage,
): Promise<{ readonly [key: string]: unknown }> {
  const value = parsed(await readText(request));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as { readonly [key: string]: unknown };
  }
  throw new Refusal(400, "The body must be a JSON object.");
}

/** Stops reading when it is too much, and leaves the connection open for the answer. */
function readText(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size <= MAX_BODY_BYTES) parts.push(part);
      else {
        request.pause();
        reject(new Refusal(413, `At most ${MAX_BODY_BYTES} bytes.`));
      }
    });
    request.on("end", () => resolve(Buffer.concat(parts).toString("utf8")));
    request.on("error", reject);
    request.on("close", () => reject(new Error("The client went away.")));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
