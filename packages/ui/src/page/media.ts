/** What a run holds beside numbers, loaded when it is looked at. */
import type { Histogram, MediaItem, RunSummary } from "../wire/schema.ts";
import { getBlob, getJson } from "./api.ts";

const MAX_KEPT = 200;
const kept = new Map<string, Promise<{ readonly url: string }>>();

export function mediaPath(
  run: RunSummary,
  { offset, index }: MediaItem,
  part: { readonly picture?: number; readonly row?: number } = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(part)) query.set(name, String(value));
  const search = query.size > 0 ? `?${query}` : "";
  return `api/media/${encodeURIComponent(run.id)}/${offset}/${index}${search}`;
}

/** How many images an item holds. */
export function pictureCount({ shape }: MediaItem): number {
  return shape?.length === 4 ? (shape[0] as number) : 1;
}

/** An address at which the browser has an image; the ones looked at last are kept. */
export function pictureUrl(path: string): Promise<string> {
  const toUrl = async () => ({ url: URL.createObjectURL(await getBlob(path)) });
  return keptAt(kept, path, toUrl).then(({ url }) => url);
}

/** What was loaded at a path; the ones asked for last are kept. */
function keptAt<T extends object>(
  all: Map<string, Promise<T>>,
  path: string,
  load: () => Promise<T>,
): Promise<T> {
  const loading = all.get(path) ?? load();
  all.delete(path);
  all.set(path, loading);
  loading.catch(() => all.delete(path));
  for (const [oldest, value] of all) {
    if (all.size <= MAX_KEPT) break;
    all.delete(oldest);
    const release = (one: T) => "url" in one && URL.revokeObjectURL(String(one.url));
    value.then(release, () => {});
  }
  return loading;
}

/** An address at which the browser has the picture, or why there is none. */
export type DrawnFigure = { readonly url: string } | { readonly reason: string };

const drawn = new Map<string, Promise<DrawnFigure>>();

/** The ones looked at last are kept. */
export function getFigure(path: string): Promise<DrawnFigure> {
  return keptAt(drawn, path, async () => {
    const blob = await getBlob(path);
    if (!blob.type.startsWith("image/")) return { reason: await blob.text() };
    return { url: URL.createObjectURL(blob) };
  });
}

export type LoggedTable = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly numRows: number;
};

export function getHistogram(run: RunSummary, item: MediaItem): Promise<Histogram> {
  return getJson(mediaPath(run, item));
}

export function getTable(run: RunSummary, item: MediaItem, row: number): Promise<LoggedTable> {
  return getJson(mediaPath(run, item, { row }));
}
