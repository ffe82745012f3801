/** What a run holds beside numbers, loaded when it is looked at. */
import type { Histogram, MediaItem, RunSummary } from "../wire/schema.ts";
import { getBlob, getJson } from "./api.ts";

const MAX_KEPT = 200;
const kept = new Map<string, Promise<string>>();

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
  const found = kept.get(path);
  if (found) {
    kept.delete(path);
    kept.set(path, found);
    return found;
  }
  const loading = getBlob(path).then((blob) => URL.createObjectURL(blob));
  kept.set(path, loading);
  loading.catch(() => kept.delete(path));
  for (const [oldest, url] of kept) {
    if (kept.size <= MAX_KEPT) break;
    kept.delete(oldest);
    url.then(URL.revokeObjectURL, () => {});
  }
  return loading;
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
