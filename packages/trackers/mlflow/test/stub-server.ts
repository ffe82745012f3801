import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { listen } from "@acc/test-kit/servers/listen";
import { type ModelRequest, refused, StubModels } from "./stub-models.ts";

type Entry = { key: string; value: unknown; timestamp: number; step: number; model_id?: string };
type StubRun = {
  id: string;
  experimentId: string;
  status: string;
  endTime: number | undefined;
  /** By name: points as the server's primary key makes them one. */
  metrics: Record<string, string[]>;
  /** The same, for a quick look. */
  points: Set<string>;
  params: Record<string, string>;
  tags: Record<string, string>;
  inputs: Record<string, unknown>;
  modelIds: string[];
};

/** What becomes of a request: answered as MLflow does, or spoiled in some way. */
export type Fault =
  | { readonly status: number; readonly body?: string; readonly retryAfter?: string }
  | "hang"
  | "reset"
  | "reset after" // the work is done, but the answer is lost
  | "garbage";

/**
 * The part of MLflow's REST interface that runs use, after the answers recorded in `fixtures/vectors/rest-3.17.2.json`:
 * limits, refusals, what counts as one point. It refuses what the real server would silently cut off.
 */
export class StubServer {
  readonly experiments = new Map<string, { id: string; deleted: boolean }>();
  readonly runs = new Map<string, StubRun>();
  readonly artifacts = new Map<string, Buffer>();
  readonly models = new StubModels();
  readonly requests: { method: string; path: string; headers: IncomingMessage["headers"] }[] = [];
  /** Longest parameter it takes; servers before 2.8 took 500. */
  maxParamLength = 6000;
  /** Asked for every request. */
  fault: (request: { path: string; count: number }) => Fault | undefined = () => undefined;
  answerDelayMs = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(599).end(String(error));
      });
    });
  }

  async start(port = 0): Promise<string> {
    return `http://127.0.0.1:${await listen(this.#server, port)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Everything that it holds, without ids that differ from run to run. */
  get held(): unknown {
    const prefixes = [...this.runs.values()].map(({ id, experimentId }) => `${experimentId}/${id}`);
    const place = (path: string) =>
      prefixes.reduce((text, prefix, index) => text.replace(prefix, `run ${index}`), path);
    return {
      models: this.models.held,
      runs: [...this.runs.values()].map(({ status, metrics, params, tags, inputs, modelIds }) => {
        const { "acc.run": _recording, "mlflow.source.name": _script, ...others } = tags;
        return { status, metrics, params, tags: others, inputs, modelIds };
      }),
      artifacts: [...this.artifacts]
        .map(([path, bytes]) => [place(path), bytes.toString("latin1")])
        .sort(),
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://stub");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    this.requests.push({
      method: request.method ?? "",
      path: url.pathname,
      headers: request.headers,
    });
    const fault = this.fault({ path: url.pathname, count: this.requests.length });
    if (fault === "hang") return;
    if (fault === "reset") return void request.socket.destroy();
    if (fault === "garbage") return void response.writeHead(200).end("<html>sign in</html>");
    if (typeof fault === "object") {
      const headers = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
      return void response.writeHead(fault.status, headers).end(fault.body ?? "fault");
    }
    const [status, answer] = this.#handle(url, body);
    if (this.answerDelayMs > 0) await new Promise((end) => setTimeout(end, this.answerDelayMs));
    if (fault === "reset after") return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json" });
    response.end(answer === undefined ? "" : JSON.stringify(answer));
  }

  #handle(url: URL, body: Buffer): [number, unknown] {
    const artifact = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/(.*)$/.exec(url.pathname)?.[1];
    if (artifact !== undefined) {
      const path = decodeURIComponent(artifact);
      if (/(^|\/)\.\.(\/|$)|#/.test(path))
        return refused("INVALID_PARAMETER_VALUE", "Invalid path");
      this.artifacts.set(path, body);
      return [200, undefined];
    }
    const json = body.length > 0 ? JSON.parse(body.toString()) : {};
    requireReadable(json);
    switch (url.pathname.replace("/api/2.0/mlflow", "")) {
      case "/experiments/get-by-name": {
        const found = this.experiments.get(url.searchParams.get("experiment_name") ?? "");
        if (!found) return refused("RESOURCE_DOES_NOT_EXIST", "Could not find experiment", 404);
        const stage = found.deleted ? "deleted" : "active";
        return [200, { experiment: { experiment_id: found.id, lifecycle_stage: stage } }];
      }
      case "/experiments/create": {
        if (this.experiments.has(json.name))
          return refused("RESOURCE_ALREADY_EXISTS", "exists\nSQL");
        const id = String(this.experiments.size + 1);
        this.experiments.set(json.name, { id, deleted: false });
        return [200, { experiment_id: id }];
      }
      case "/runs/search": {
        const [, tag = "", value] = /^tags\.`([^`]+)` = '([^']*)'$/.exec(json.filter) ?? [];
        const found = [...this.runs.values()].filter(({ tags }) => tags[tag] === value);
        return [200, found.length === 0 ? {} : { runs: found.map(messageOf) }];
      }
      case "/runs/create": {
        const id = (this.runs.size + 1).toString(16).padStart(32, "0");
        const tags = Object.fromEntries(json.tags.map(({ key, value }: Entry) => [key, value]));
        const run: StubRun = {
          ...{ id, experimentId: json.experiment_id, status: "RUNNING", endTime: undefined },
          ...{ metrics: {}, points: new Set(), params: {}, tags, inputs: {}, modelIds: [] },
        };
        this.runs.set(id, run);
        return [200, { run: messageOf(run) }];
      }
      case "/runs/get":
        return this.#withRun(url.searchParams.get("run_id"), (run) => ({ run: messageOf(run) }));
      case "/runs/update":
        return this.#withRun(json.run_id, (run) => {
          run.status = json.status;
          run.endTime = json.end_time ?? run.endTime;
          return { run_info: messageOf(run).info };
        });
      case "/runs/delete-tag":
        return this.#withRun(json.run_id, (run) => {
          delete run.tags[json.key];
          return {};
        });
      case "/runs/log-batch":
        return this.#logBatch(json);
      case "/runs/log-inputs":
        return this.#withRun(json.run_id, (run) => {
          for (const { dataset, tags } of json.datasets) {
            run.inputs[`${dataset.name} ${dataset.digest}`] ??= { ...dataset, tags };
          }
          return {};
        });
      default:
        return this.models.answer(
          url.pathname.replace("/api/2.0/mlflow", ""),
          json as ModelRequest,
          this.runs,
        );
    }
  }

  #withRun(id: string | null, answer: (run: StubRun) => unknown): [number, unknown] {
    const run = this.runs.get(id ?? "");
    if (!run) return refused("RESOURCE_DOES_NOT_EXIST", `Run with id=${id} not found`, 404);
    return [200, answer(run)];
  }

  #logBatch(json: {
    run_id: string;
    metrics: Entry[];
    params: Entry[];
    tags: Entry[];
  }): [number, unknown] {
    const { metrics = [], params = [], tags = [] } = json;
    const all = [...metrics, ...params, ...tags];
    const invalid = (message: string) => refused("INVALID_PARAMETER_VALUE", message);
    if (metrics.length > 1000 || params.length > 100 || tags.length > 100 || all.length > 1000)
      return invalid("A batch logging request can contain at most …");
    const odd = all.find(({ key }) => !/^[\p{L}\p{N}_\-.: /]{1,250}$/u.test(key) || key === "bad");
    if (odd) return invalid(`Invalid value "${odd.key}" for parameter`);
    const run = this.runs.get(json.run_id);
    if (!run) return refused("RESOURCE_DOES_NOT_EXIST", "Run not found", 404);
    for (const { key, value } of params) {
      const text = String(value);
      if (text.length > this.maxParamLength) {
        return invalid(
          `Param value had length ${text.length}, which exceeded length limit of ${this.maxParamLength}`,
        );
      }
      if (key in run.params && run.params[key] !== text) {
        return invalid("Changing param values is not allowed.");
      }
    }
    if (new Set(params.map(({ key }) => key)).size < params.length) return invalid("Duplicate");
    for (const { key, value } of params) run.params[key] = String(value);
    for (const { key, value } of tags) run.tags[key] = String(value);
    for (const { key, value, timestamp, step, model_id } of metrics) {
      this.models.add(model_id, { key, value, timestamp, step });
      const point = `${step} ${value} ${timestamp}`;
      run.metrics[key] ??= [];
      if (run.points.has(`${key} ${point}`)) continue;
      run.points.add(`${key} ${point}`);
      run.metrics[key].push(point);
    }
    return [200, {}];
  }
}

function messageOf(run: StubRun) {
  const artifact_uri = `mlflow-artifacts:/${run.experimentId}/${run.id}/artifacts`;
  const info = { run_id: run.id, experiment_id: run.experimentId, artifact_uri };
  const entries = (values: Record<string, string>) =>
    Object.entries(values).map(([key, value]) => ({ key, value }));
  const metrics = Object.entries(run.metrics).map(([key, points]) => {
    const [step, value, timestamp] = (points.at(-1) ?? "").split(" ");
    return { key, value: Number(value), timestamp: Number(timestamp), step: Number(step) };
  });
  const data = { tags: entries(run.tags), params: entries(run.params), metrics };
  return { info, data, outputs: { model_outputs: run.modelIds.map((model_id) => ({ model_id })) } };
}

/** When the real server cannot read a part of a message, it drops the rest and answers 200. This stub answers 599. */
function requireReadable(value: unknown, key = ""): void {
  if (typeof value === "string" && Buffer.from(value).toString() !== value)
    throw new Error("lone surrogate");
  if (["step", "timestamp", "start_time", "end_time"].includes(key) && !Number.isSafeInteger(value))
    throw new Error(`${key} ${value} is no integer`);
  if (key === "value" && value === null) throw new Error("null as value");
  if (typeof value !== "object" || value === null) return;
  for (const [inner, item] of Object.entries(value)) requireReadable(item, inner);
}
