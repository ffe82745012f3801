/** A server of Trackio that keeps to what the official one does with the calls that a run makes, without its pages. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listen } from "@acc/test-kit/servers/listen";

export const TOKEN = "the-token-of-the-server";

type Fields = Record<string, unknown>;

export type StoredRow = {
  readonly project: string;
  readonly run: string;
  readonly run_id: string;
  readonly step: number;
  readonly metrics: Fields;
};

export type StoredArtifact = {
  readonly name: string;
  readonly version: number;
  readonly fields: Fields;
};

export type Call = { readonly path: string; readonly body: Fields; readonly text: string };

/** What happens to a call: an answer of another kind, or none. */
export type Fault = { readonly status: number; readonly body?: string } | "reset" | "reset after";

/** An error in the server's own words. */
class ApiError extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

export class TrackioServer {
  readonly calls: Call[] = [];
  readonly headers: IncomingMessage["headers"][] = [];
  /** Rows by their log_id, in the order in which they came. */
  readonly rows = new Map<string, StoredRow>();
  readonly system = new Map<string, Fields>();
  readonly alerts = new Map<string, Fields>();
  readonly configs = new Map<string, Fields>();
  /** By path below the folder of media. */
  readonly media = new Map<string, Buffer>();
  readonly blobs = new Map<string, Buffer>();
  readonly artifacts: StoredArtifact[] = [];
  apiVersion = 1;
  fault: ((call: Call) => Fault | undefined) | undefined;
  readonly #staged = new Map<string, Buffer>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => this.#serve(request, response, Buffer.concat(chunks)));
    });
  }

  static async start(): Promise<TrackioServer> {
    const server = new TrackioServer();
    await listen(server.#server);
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As after a new start: files that nobody has named are gone. */
  forgetStaged(): void {
    this.#staged.clear();
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(request: IncomingMessage, response: ServerResponse, raw: Buffer): void {
    const { pathname: path } = new URL(request.url ?? "/", this.url);
    const isUpload = path === "/api/upload";
    const text = isUpload ? "" : raw.toString("utf8");
    const call = { path, body: text ? (JSON.parse(text) as Fields) : {}, text };
    this.calls.push(call);
    this.headers.push(request.headers);
    const fault = this.fault?.(call);
    if (fault === "reset") {
      request.socket.destroy();
      return;
    }
    const { status, body } =
      typeof fault === "object"
        ? { status: fault.status, body: fault.body ?? "" }
        : this.#answer(request, call, isUpload ? raw : undefined);
    if (fault === "reset after") {
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  }

  #answer(
    request: IncomingMessage,
    { path, body }: Call,
    upload: Buffer | undefined,
  ): { status: number; body: string } {
    const answer = (status: number, value: unknown) => ({ status, body: JSON.stringify(value) });
    try {
      if (path === "/version") {
        return answer(200, {
          version: "0.43.0",
          api_version: this.apiVersion,
          api_transport: "http",
        });
      }
      if (!path.includes("/get_") && request.headers["x-trackio-write-token"] !== TOKEN) {
        throw new ApiError("A write_token is required to log metrics or upload to this server.");
      }
      if (upload) return answer(200, { paths: [this.#stage(request, upload)] });
      return answer(200, { data: this.#call(path.replace("/api/", ""), body) ?? null });
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 500;
      return answer(status, { error: (error as Error).message });
    }
  }

  #call(api: string, body: Fields): unknown {
    if (!api.startsWith("get_") && !("hf_token" in body)) {
      throw new ApiError("Missing required parameter: hf_token");
    }
    switch (api) {
      case "bulk_log":
        return this.#log(body.logs as Fields[]);
      case "bulk_log_system":
        for (const entry of body.logs as Fields[]) add(this.system, entry.log_id, entry);
        return null;
      case "bulk_alert":
        for (const entry of body.alerts as Fields[]) add(this.alerts, entry.alert_id, entry);
        return null;
      case "bulk_upload_media":
        for (const { project, run, step, uploaded_file } of body.uploads as Fields[]) {
          const { path, orig_name } = uploaded_file as Fields;
          this.media.set(`${project}/${run}/${step}/${orig_name}`, this.#take(path));
        }
        return null;
      case "check_artifact_blobs":
        return { present: (body.digests as string[]).filter((digest) => this.blobs.has(digest)) };
      case "bulk_upload_artifact_blob":
        for (const { digest, uploaded_file } of body.uploads as Fields[]) {
          this.blobs.set(String(digest), this.#take((uploaded_file as Fields).path));
        }
        return null;
      case "artifact_log":
        return this.#version(body);
      case "get_runs_for_project":
        return this.#runs(body.project);
      case "get_run_summary": {
        const own = [...this.rows.values()].filter((row) => row.run_id === body.run_id);
        const last = own.length === 0 ? null : Math.max(...own.map(({ step }) => step));
        return { run_id: body.run_id, num_logs: own.length, last_step: last };
      }
      default:
        throw new ApiError(`Unknown API: ${api}`, 404);
    }
  }

  /** Of the configurations in a request the first counts, and replaces the stored one. */
  #log(logs: readonly Fields[]): null {
    const configured = new Set<unknown>();
    for (const entry of logs) {
      add(this.rows, entry.log_id, entry as StoredRow);
      const { run_id: run, config } = entry;
      if (config && !configured.has(run)) this.configs.set(String(run), config as Fields);
      if (config) configured.add(run);
    }
    return null;
  }

  #version(fields: Fields): Fields {
    const { name, manifest } = fields as { name: string; manifest: { digest: string }[] };
    if (manifest.some(({ digest }) => !this.blobs.has(digest))) {
      throw new ApiError("Manifest references blobs not on server");
    }
    const versions = this.artifacts.filter((artifact) => artifact.name === name);
    const same = versions.find(
      (one) => JSON.stringify(one.fields.manifest) === JSON.stringify(manifest),
    );
    const version = same ?? { name, version: versions.length, fields };
    if (!same) this.artifacts.push(version);
    return { name, version: version.version, manifest };
  }

  #runs(project: unknown): Fields[] {
    const runs = new Map<string, Fields>();
    for (const row of this.rows.values()) {
      if (row.project !== project || runs.has(row.run_id)) continue;
      const created_at = new Date(runs.size * 1000).toISOString();
      runs.set(row.run_id, { id: row.run_id, name: row.run, created_at });
    }
    return [...runs.values()];
  }

  #stage({ headers }: IncomingMessage, raw: Buffer): string {
    const boundary = /boundary=(.+)$/.exec(headers["content-type"] ?? "")?.[1] ?? "";
    const start = raw.indexOf("\r\n\r\n") + 4;
    const path = `/tmp/trackio-upload-${randomUUID()}`;
    this.#staged.set(path, raw.subarray(start, raw.lastIndexOf(`\r\n--${boundary}`)));
    return path;
  }

  #take(path: unknown): Buffer {
    const bytes = this.#staged.get(String(path));
    if (!bytes) throw new ApiError("Uploaded file was not created by this Trackio server.");
    this.#staged.delete(String(path));
    return bytes;
  }
}

/** A record of one id is taken once. */
function add<T>(table: Map<string, T>, id: unknown, entry: T): void {
  if (!table.has(String(id))) table.set(String(id), entry);
}
