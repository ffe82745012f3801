import type { IncomingMessage, ServerResponse } from "node:http";
import type { Library } from "../index/library.ts";
import { encodeFrame } from "../wire/frame.ts";
import { countOf, pointQuery, seriesQueries } from "../wire/query.ts";
import { Refusal } from "../wire/refusal.ts";
import { sendBytes, sendJson } from "./answer.ts";
import { readJsonObject } from "./body.ts";
import type { EventStreams } from "./event-streams.ts";
import { sendExport } from "./export.ts";
import { sendMedia } from "./media.ts";
import { notesOf } from "./notes.ts";

/** What a request is about. */
export type Context = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly library: Library;
  readonly streams: EventStreams;
};

type Route = {
  readonly method: "GET" | "POST";
  /** Segments of the path; those that begin with ":" are given to `answer`. */
  readonly path: readonly string[];
  answer(context: Context, ...parts: string[]): Promise<void> | void;
};

/** Runs are named by their id, and what they hold by an offset: no path of a file is ever taken from a request. */
export const ROUTES: readonly Route[] = [
  {
    ...{ method: "GET", path: ["runs"] },
    answer: async ({ response, library }) => sendJson(response, await library.runs()),
  },
  {
    ...{ method: "GET", path: ["run", ":id"] },
    answer: async ({ response, library }, id = "") =>
      sendJson(response, known(await library.run(id))),
  },
  {
    ...{ method: "GET", path: ["series"] },
    answer: async ({ response, library, query }) => {
      const frame = encodeFrame(await library.series(seriesQueries(query)));
      sendBytes(response, frame, { type: "application/octet-stream" });
    },
  },
  {
    ...{ method: "GET", path: ["point"] },
    answer: async ({ response, library, query }) =>
      sendJson(response, known(await library.point(pointQuery(query)))),
  },
  {
    ...{ method: "GET", path: ["text", ":id"] },
    answer: async ({ response, library, query }, id = "") =>
      sendJson(response, known(await library.texts(id, countOf(query, "from")))),
  },
  {
    ...{ method: "GET", path: ["console", ":id"] },
    answer: async ({ response, library, query }, id = "") =>
      sendJson(response, known(await library.console(id, countOf(query, "from")))),
  },
  {
    ...{ method: "GET", path: ["media", ":id", ":offset", ":index"] },
    answer: async ({ response, library, query }, id = "", offset = "", index = "") => {
      const item = { offset: wholeNumber(offset), index: wholeNumber(index) };
      const part = { picture: countOf(query, "picture"), row: countOf(query, "row") };
      await sendMedia(response, known(await library.media(id, item)), part);
    },
  },
  {
    ...{ method: "GET", path: ["export", ":id"] },
    answer: async ({ response, library, query }, id = "") => {
      const detail = known(await library.run(id));
      await sendExport(response, library, detail, query.get("format"));
    },
  },
  {
    ...{ method: "GET", path: ["events"] },
    answer: ({ response, streams }) => streams.open(response),
  },
  {
    ...{ method: "POST", path: ["note", ":id"] },
    answer: async ({ request, response, library }, id = "") => {
      const notes = notesOf(await readJsonObject(request));
      sendJson(response, known(await library.note(id, notes)));
    },
  },
];

/** @throws {Refusal} if no route has this path, or not with this method. */
export async function answerRoute(context: Context, segments: readonly string[]): Promise<void> {
  const found = ROUTES.filter(
    ({ path }) =>
      path.length === segments.length &&
      path.every((part, index) => part.startsWith(":") || part === segments[index]),
  );
  const route = found.find(({ method }) => method === context.request.method);
  if (!route) throw new Refusal(found.length > 0 ? 405 : 404, "There is nothing here.");
  const parts = segments.filter((_, index) => route.path[index]?.startsWith(":"));
  await route.answer(context, ...parts);
}

function known<T>(value: T | undefined): T {
  if (value !== undefined) return value;
  throw new Refusal(404, "There is no such run, or it has nothing of this name.");
}

function wholeNumber(text: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new Refusal(404, "There is nothing here.");
}
