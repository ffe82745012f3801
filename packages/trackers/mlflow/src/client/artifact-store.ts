import { existsSync, openAsBlob } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AcceleratorError, TrackerUnreachableError } from "@acc/core/tracker";
import {
  filesBelow,
  type LeaveOut,
  replaceFile,
  replaceFileByCopy,
  ServiceError,
  whenWritable,
} from "@acc/tracker-kit";
import { artifactPath } from "../format/artifact-path.ts";
import type { Upload } from "../operation.ts";
import type { MlflowClient } from "./client.ts";
import { refusalOf } from "./refusal.ts";

const MIN_TIMEOUT_MS = 60_000;
/** A slower connection is treated as broken. */
const MIN_BYTES_PER_MS = 100;
/** A smaller file is read whole, a larger one while it is sent. */
const MAX_WHOLE_BYTES = 4_000_000;

/** Whose artifacts are stored. */
export type ArtifactOwner = {
  readonly artifactUri: string;
  /** Absent for a logged model, whose artifacts the server lists elsewhere. */
  readonly runId?: string;
};

/** The artifacts of one run or model, wherever its artifact URI says they are. */
export class ArtifactStore {
  readonly #client: MlflowClient;
  readonly #owner: ArtifactOwner;

  constructor(client: MlflowClient, owner: ArtifactOwner) {
    this.#client = client;
    this.#owner = owner;
  }

  /**
   * Stores a file, or every file of a folder. A file of that name is replaced.
   *
   * @throws {AcceleratorError} `VALUE_INVALID` if it is gone from this machine, or if a folder has that path.
   */
  async store({ path, content }: Upload, leaveOut: LeaveOut): Promise<void> {
    if (typeof content !== "string") return this.#storeOne(path, content, leaveOut);
    if (!existsSync(content)) {
      throw new AcceleratorError(
        "VALUE_INVALID",
        `The artifact ${content} does not exist any more.`,
      );
    }
    for (const file of await filesBelow(content)) {
      const place = file.name === "" ? path : artifactPath(path, file.name);
      await this.#storeOne(place, file.path, leaveOut);
    }
  }

  async #storeOne(path: string, content: Uint8Array | string, leaveOut: LeaveOut): Promise<void> {
    const root = this.#owner.artifactUri;
    const proxied = /^mlflow-artifacts:(?:\/\/([^/]+))?\/(.*)$/.exec(root);
    if (proxied) return this.#put(proxied[1], `${proxied[2]}/${path}`, path, content);
    const folder = this.#localFolder(root);
    if (folder !== undefined) {
      const target = join(folder, path);
      return whenWritable("The artifacts of the MLflow run", () =>
        typeof content === "string"
          ? replaceFileByCopy(target, content)
          : replaceFile(target, content),
      );
    }
    const scheme = /^\w[\w+.-]*(?=:)/.exec(root)?.[0] ?? "a folder of the server";
    leaveOut(
      `artifacts of this run (${scheme})`,
      "its server does not take files; start it with --serve-artifacts. They stay in the journal",
    );
  }

  /** A path means our file system only if the server is on this machine. */
  #localFolder(root: string): string | undefined {
    const { hostname } = new URL(this.#client.trackingUri);
    if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return undefined;
    if (root.startsWith("file:")) return fileURLToPath(root);
    return root.startsWith("/") ? root : undefined;
  }

  async #put(
    host: string | undefined,
    storePath: string,
    path: string,
    content: Uint8Array | string,
  ): Promise<void> {
    const { trackingUri } = this.#client;
    const base = host === undefined ? trackingUri : `${new URL(trackingUri).protocol}//${host}`;
    const encoded = storePath.split("/").map(encodeURIComponent).join("/");
    const { body, size } = await bodyOf(content);
    const timeoutMs = MIN_TIMEOUT_MS + Math.ceil(size / MIN_BYTES_PER_MS);
    try {
      const url = `${base}/api/2.0/mlflow-artifacts/artifacts/${encoded}`;
      await this.#client.put(url, body, timeoutMs);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.status !== 500) throw refusalOf(error);
      if (await this.#isBlocked(path)) {
        throw new AcceleratorError(
          "VALUE_INVALID",
          `The artifact ${path} cannot be stored: a file and a folder of the run would have one name.`,
        );
      }
      throw new TrackerUnreachableError(error.message, { cause: error });
    }
  }

  /** Whether a folder of the path exists as a file, or the file as a folder: the server then always answers 500. */
  async #isBlocked(path: string): Promise<boolean> {
    const { runId } = this.#owner;
    if (runId === undefined) return false;
    const segments = path.split("/");
    for (let count = 1; count <= segments.length; count++) {
      const kind = await this.#client.kindOf(runId, segments.slice(0, count).join("/"));
      if (kind === (count < segments.length ? "file" : "folder")) return true;
    }
    return false;
  }
}

async function bodyOf(
  content: Uint8Array | string,
): Promise<{ body: Uint8Array | Blob; size: number }> {
  if (typeof content !== "string") return { body: content, size: content.length };
  const { size } = await stat(content);
  if (size <= MAX_WHOLE_BYTES) return { body: await readFile(content), size };
  return { body: await openAsBlob(content), size };
}
