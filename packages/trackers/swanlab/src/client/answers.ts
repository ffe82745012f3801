import { TrackerUnreachableError } from "@acc/core/tracker";
import { excerptOf, jsonObjectOf } from "@acc/tracker-kit";

/**
 * What the service's answers hold, each by the form in which it says that it did what it was asked. Anything else comes from
 * another program, and is not counted against the events.
 *
 * @throws {TrackerUnreachableError} from each function.
 */

export type Login = { readonly sid: string; readonly user: string; readonly expiresMs: number };

export function loginOf(text: string): Login {
  const { sid, expiredAt, userInfo } = jsonObjectOf(text) ?? {};
  const user = textIn(userInfo, "username");
  if (typeof sid !== "string" || sid === "" || !user) throw notSwanLab("the login", "a session");
  const expiresMs = Date.parse(String(expiredAt));
  return { sid, user, expiresMs: Number.isNaN(expiresMs) ? Number.POSITIVE_INFINITY : expiresMs };
}

export type Project = { readonly id: string; readonly name: string; readonly user: string };

export function projectOf(text: string): Project {
  const answer = jsonObjectOf(text);
  const [id, name] = [textIn(answer, "cuid"), textIn(answer, "name")];
  const user = textIn(answer?.group, "username");
  if (id && name && user) return { id, name, user };
  throw notSwanLab("the project", "its id");
}

export type Experiment = {
  readonly id: string;
  readonly name: string;
  readonly slug: string | undefined;
  readonly createdAt: string | undefined;
};

export function experimentOf(text: string): Experiment {
  const answer = jsonObjectOf(text);
  const [id, name] = [textIn(answer, "cuid"), textIn(answer, "name")];
  if (!id || !name) throw notSwanLab("the experiment", "its id");
  return { id, name, slug: textIn(answer, "slug"), createdAt: textIn(answer, "createdAt") };
}

/** The last step of each series that a run has, by key. */
export type LastSteps = {
  readonly scalars: ReadonlyMap<string, number>;
  readonly media: ReadonlyMap<string, number>;
  /** Lines of the console. */
  readonly lines: number;
};

export function lastStepsOf(text: string): LastSteps {
  const answer = jsonObjectOf(text);
  if (!answer || !["scalar", "media", "log"].some((name) => name in answer)) {
    throw notSwanLab("the last steps", "them");
  }
  const [console] = Array.isArray(answer.log) ? (answer.log as { step?: unknown }[]) : [];
  const lines = Number(console?.step ?? 0);
  return {
    ...{ scalars: stepsIn(answer.scalar), media: stepsIn(answer.media) },
    lines: Number.isSafeInteger(lines) ? lines : 0,
  };
}

/** Where each of so many files goes, in their order. */
export function urlsOf(text: string, count: number): string[] {
  const urls = jsonObjectOf(text)?.urls;
  if (Array.isArray(urls) && urls.length === count && urls.every(isUrl)) return urls;
  throw notSwanLab("the upload of files", `${count} addresses`);
}

export type PartUrls = { readonly uploadId: string; readonly urls: readonly string[] };

/** Where each of so many parts of one file goes, in their order. */
export function partUrlsOf(text: string, count: number): PartUrls {
  const files = jsonObjectOf(text)?.files;
  const file = Array.isArray(files) && files.length === 1 ? files[0] : undefined;
  const uploadId = textIn(file, "uploadId");
  const parts: { partNumber?: unknown; url?: unknown }[] = Array.isArray(file?.parts)
    ? file.parts
    : [];
  const urls = Array.from(
    { length: count },
    (_, at) => parts.find((part) => part?.partNumber === at + 1)?.url,
  );
  if (uploadId && parts.length === count && urls.every(isUrl)) return { uploadId, urls };
  throw notSwanLab("the upload of a large file", `${count} addresses`);
}

/** Members by which other programs wrap what they say; SwanLab's answers have none. */
const FOREIGN = ["data", "error", "errors", "status", "success"];

/** For requests that are answered with nothing, or with an object that does not matter. */
export function requireDone(text: string, what: string): void {
  if (text.trim() === "") return;
  const answer = jsonObjectOf(text);
  if (answer && !FOREIGN.some((name) => name in answer)) return;
  throw new TrackerUnreachableError(
    `SwanLab did not take ${what}, it answered ${excerptOf(text)}: is this the address of SwanLab?`,
  );
}

function isUrl(value: unknown): value is string {
  return typeof value === "string" && /^https?:/.test(value) && URL.canParse(value);
}

function stepsIn(value: unknown): Map<string, number> {
  if (value === null || value === undefined) return new Map();
  if (!Array.isArray(value)) throw notSwanLab("the last steps", "them");
  return new Map(
    value.map((item): [string, number] => {
      const [key, step] = [textIn(item, "key"), Number((item as { step?: unknown } | null)?.step)];
      if (key === undefined || !Number.isSafeInteger(step))
        throw notSwanLab("the last steps", "them");
      return [key, step];
    }),
  );
}

function textIn(value: unknown, name: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const text = (value as { readonly [name: string]: unknown })[name];
  return typeof text === "string" ? text : undefined;
}

function notSwanLab(what: string, missing: string): TrackerUnreachableError {
  return new TrackerUnreachableError(
    `SwanLab answered the request for ${what} without ${missing}: is this the address of SwanLab?`,
  );
}
