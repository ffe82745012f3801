import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { listen } from "@acc/test-kit/servers/listen";
import type { RecordedRequest, RequestPart } from "./read-requests.ts";
import { readRequests } from "./read-requests.ts";

/** What to do with a request instead of answering it; `recorded` says whether it takes effect. */
export type Disturbance =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  | { readonly kind: "drop"; readonly recorded: boolean }
  | { readonly kind: "hang" };

/**
 * Stands in for a Comet server on loopback, for Comet's own client as for ours: answers as the recorded stub of the
 * vectors does, keeps what it was sent, and reads it back.
 */
export class CometServer {
  readonly requests: RecordedRequest[] = [];
  /** Decides about every request before it is answered. */
  disturb: (request: RecordedRequest) => Disturbance | undefined = () => undefined;
  /** Addresses below `/clientlib/` are unknown, as at a service with the documented interface only. */
  isRestOnly = false;
  readonly #experiments = new Map<string, { project: unknown; workspace: unknown }>();
  readonly #server: Server = createServer((request, response) => this.#receive(request, response));
  #created = 0;

  static async start(port = 0): Promise<CometServer> {
    const server = new CometServer();
    await listen(server.#server, port);
    return server;
  }

  /** A server for the time of one check. */
  static async during(check: (server: CometServer) => Promise<void>): Promise<void> {
    const server = await CometServer.start();
    try {
      await check(server);
    } finally {
      await server.stop();
    }
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** For `COMET_URL_OVERRIDE`. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/clientlib/`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #receive(incoming: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request = parse(incoming, Buffer.concat(chunks));
      const disturbance = this.disturb(request);
      if (disturbance?.kind === "hang") return;
      if (disturbance?.kind === "drop") {
        if (disturbance.recorded) this.#answer(request);
        response.destroy();
        return;
      }
      if (disturbance) {
        response.writeHead(disturbance.status, disturbance.headers ?? {});
        response.end(disturbance.body ?? "injected");
        return;
      }
      const { status, body } = this.#answer(request);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  }

  #answer(request: RecordedRequest): { status: number; body: object } {
    const answered = this.#answerOf(request);
    if (answered.status === 200) this.requests.push(request);
    return answered;
  }

  #answerOf(request: RecordedRequest): { status: number; body: object } {
    const { path, json = {}, query } = request;
    const refuse = (sdk_error_code: number, status = 400) => ({
      status,
      body: { code: status, sdk_error_code, msg: `refused with ${sdk_error_code}` },
    });
    const accept = (body: object = { msg: "ok", code: 200 }) => ({ status: 200, body });
    if (this.isRestOnly && path.startsWith("/clientlib/")) return refuse(0, 404);
    const key = String(json.experimentKey ?? json.previousExperiment ?? query.experimentKey);
    const known = this.#experiments.get(key);
    switch (path) {
      case "/clientlib/isAlive/ver":
        return accept({ version: "99.0.0" });
      case "/clientlib/logger/add/run":
        if (known) return refuse(90999);
        this.#experiments.set(key, { project: json.projectName, workspace: json.teamName });
        return accept(handshake(key));
      case "/clientlib/logger/get/run":
        return known ? accept(handshake(key)) : refuse(90210);
      case "/clientlib/status-report/update":
        return accept({
          is_alive_beat_duration_millis: 10_000,
          gpu_monitor_interval_millis: 60_000,
          cpu_monitor_interval_millis: 68_000,
          parameter_update_interval_millis: 15_000,
          pending_rpcs: false,
        });
      case "/api/rest/v2/account-details":
        return accept({ userName: "stub", defaultWorkspaceName: "ws" });
      case "/api/rest/v2/experiment/metadata":
        return known ? accept({ experimentKey: key, archived: false }) : refuse(400_004);
      case "/api/rest/v2/write/experiment/create": {
        this.#created += 1;
        const experimentKey = `created${String(this.#created).padStart(25, "0")}`;
        this.#experiments.set(experimentKey, {
          ...{ project: json.projectName, workspace: json.workspaceName },
        });
        return accept({ experimentKey });
      }
      case "/api/rest/v2/write/experiment/set-status":
        return accept({ isAliveBeatDurationMillis: 10_000 });
      case "/api/rest/v2/experiment/metrics/get-metric": {
        const { metrics } = readRequests(this.requests, key);
        return accept({
          metrics: metrics
            .filter(({ name }) => name === query.metricName)
            .map(({ name, value, step, timestamp }) => ({
              ...{ metricName: name, metricValue: String(value), step, timestamp },
            })),
        });
      }
      default:
        return accept();
    }
  }
}

function handshake(key: string): object {
  return {
    runId: `run-${key}`,
    experimentKey: key,
    project_id: "project-1",
    focusUrl: "http://stub/",
    lastOffset: 0,
    name: "stub-name",
    upload_file_size_limit_in_mb: 100,
    asset_upload_file_size_limit_in_mb: 100,
    featureToggles: [],
  };
}

function parse(incoming: IncomingMessage, raw: Buffer): RecordedRequest {
  const url = new URL(incoming.url ?? "/", "http://stub");
  const type = incoming.headers["content-type"] ?? "";
  const body = incoming.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
  const request: RecordedRequest = {
    method: incoming.method ?? "",
    path: url.pathname.replaceAll(/\/{2,}/g, "/"),
    query: Object.fromEntries(url.searchParams),
    headers: incoming.headers as Record<string, string>,
  };
  if (type.startsWith("multipart/")) return { ...request, parts: partsOf(body, type) };
  try {
    return body.length > 0 ? { ...request, json: JSON.parse(body.toString()) } : request;
  } catch {
    return { ...request, text: body.toString() };
  }
}

function partsOf(body: Buffer, type: string): RequestPart[] {
  const separator = Buffer.from(`--${/boundary="?([^";]+)/.exec(type)?.[1]}`);
  const parts: RequestPart[] = [];
  let at = body.indexOf(separator);
  for (;;) {
    const next = body.indexOf(separator, at + separator.length);
    if (at < 0 || next < 0) return parts;
    const part = body.subarray(at + separator.length + 2, next - 2);
    const cut = part.indexOf("\r\n\r\n");
    const head = part.subarray(0, cut).toString();
    const content = part.subarray(cut + 4);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? "";
    parts.push({ name, bytes: content.length, sha256, text: content.toString() });
    at = next;
  }
}
