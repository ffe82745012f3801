import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import type { LeaveOut } from "@acc/tracker-kit";
import type { MediaFile } from "../format/media.ts";
import { mimeType } from "../format/mime-type.ts";
import { partUrlsOf, urlsOf } from "./answers.ts";
import type { SwanLabApi } from "./api.ts";

/** The limits of SwanLab's own client. */
const PARTS_FROM = 100 * 1024 ** 2;
const PART_BYTES = 32 * 1024 ** 2;
const MAX_BYTES = 50 * 1024 ** 3;

/** Stores the files of media series. @param files by their paths at the service. */
export async function uploadMedia(
  api: SwanLabApi,
  experimentId: string,
  files: ReadonlyMap<string, MediaFile>,
  signal: AbortSignal,
): Promise<void> {
  const paths = [...files.keys()];
  if (paths.length === 0) return;
  const json = { experimentId, paths };
  const { text } = await api.request("/resources/presigned/put", { json, signal });
  for (const [at, url] of urlsOf(text, paths.length).entries()) {
    const file = files.get(paths[at] as string) as MediaFile;
    await api.store(url, file.bytes, mimeType(file.name), signal);
  }
}

/** Stores a file of the run under a name. */
export async function uploadFile(
  api: SwanLabApi,
  experimentId: string,
  { name, path }: { readonly name: string; readonly path: string },
  { signal, leaveOut }: { readonly signal: AbortSignal; readonly leaveOut: LeaveOut },
): Promise<void> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) {
    leaveOut(`the file ${name}`, "it has more than 50 GiB.");
    return;
  }
  const about = { path: name, size, md5: await md5Of(path), mimeType: mimeType(name) };
  const at = `/experiment/${encodeURIComponent(experimentId)}/files`;
  const content = await openAsBlob(path);
  if (size < PARTS_FROM) {
    const { text } = await api.request(`${at}/prepare`, { json: { files: [about] }, signal });
    const [url = ""] = urlsOf(text, 1);
    await api.store(url, content, about.mimeType, signal);
    const json = { files: [{ path: name, state: "UPLOADED" }] };
    await api.tell(`${at}/complete`, "a file", { json, signal });
    return;
  }
  const count = Math.ceil(size / PART_BYTES);
  const { text } = await api.request(`${at}/prepare-multipart`, {
    json: { files: [{ ...about, count }] },
    signal,
  });
  const { uploadId, urls } = partUrlsOf(text, count);
  const parts: { partNumber: number; etag: string }[] = [];
  for (const [index, url] of urls.entries()) {
    const part = content.slice(index * PART_BYTES, (index + 1) * PART_BYTES);
    const etag = await api.store(url, part, "application/octet-stream", signal);
    parts.push({ partNumber: index + 1, etag });
  }
  const json = { files: [{ path: name, parts, uploadId }] };
  await api.tell(`${at}/complete-multipart`, "a file", { json, signal });
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
