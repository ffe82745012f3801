/**
 * An API server and files server of ClearML on one port, keeping to what the server's source does: points, plots and
 * images are stored under the digest of task, iteration, metric, variant and key, console lines under new ids.
 */
import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listen } from "@acc/test-kit/servers/listen";

export type StoredEvent = {
  readonly type: string;
  readonly task: string;
  readonly timestamp: number;
  readonly iter: number;
  readonly metric: string;
  readonly variant: string;
  readonly value?: number;
  readonly plot_str?: string;
  readonly url?: string;
  readonly key?: string;
  readonly msg?: string;
  readonly level?: string;
  readonly worker?: string;
};

const SINGLE = -2147483648;

type Fields = Record<string, unknown>;

export type StoredTask = {
  id: string;
  name: string;
  project: string;
  status: string;
  comment?: string;
  tags: string[];
  last_iteration: number;
  hyperparams: Record<string, Record<string, { value: string; type?: string }>>;
  configuration: Record<string, { value: string }>;
  execution: { artifacts?: Fields[] };
  models: { input: TaskModel[]; output: TaskModel[] };
  output: Fields;
  script?: Fields;
};

type TaskModel = { readonly name: string; readonly model: string };
export type StoredModel = { id: string; uri: string } & Fields;

/** What happens to a call: an HTTP status instead of an answer, or no answer before or after it was carried out. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | "reset"
  | "reset after"
  | "hang";

export type Call = { readonly action: string; readonly path: string; readonly body: Fields };

type Answer = {
  readonly status: number;
  readonly body: object | string | Buffer;
  readonly headers?: Record<string, string>;
};

export class ClearMLServer {
  readonly projects: { id: string; name: string }[] = [];
  readonly tasks = new Map<string, StoredTask>();
  readonly models = new Map<string, StoredModel>();
  readonly events = new Map<string, StoredEvent>();
  readonly files = new Map<string, Buffer>();
  readonly calls: Call[] = [];
  readonly headers: IncomingMessage["headers"][] = [];
  logins = 0;
  tokenSeconds = 3600;
  apiVersion = "2.31";
  /** Told of every call but logins; says what goes wrong with it. */
  fault: ((call: Call) => Fault | undefined) | undefined;
  readonly #tokens = new Map<string, number>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => this.#serve(request, response, Buffer.concat(chunks)));
    });
  }

  static async start(port = 0): Promise<ClearMLServer> {
    const server = new ClearMLServer();
    await listen(server.#server, port);
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get onlyTask(): StoredTask {
    const [task, ...others] = this.tasks.values();
    if (!task || others.length > 0) throw new Error(`there are ${this.tasks.size} tasks`);
    return task;
  }

  /** What was stored of a type, without what differs between runs, in the order of storing. */
  stored(type: string): StoredEvent[] {
    return [...this.events.values()].filter((event) => event.type === type);
  }

  forgetTokens(): void {
    this.#tokens.clear();
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(request: IncomingMessage, response: ServerResponse, raw: Buffer): void {
    const answer = this.#answer(request, raw);
    if (answer === "hang") return;
    if (answer === "reset") {
      request.socket.destroy();
      return;
    }
    const { status, body, headers } = answer;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  }

  #answer(request: IncomingMessage, raw: Buffer): Answer | "hang" | "reset" {
    const path = request.url ?? "/";
    const action = /^\/(?:v[\d.]+\/)?([a-z_]+\.[a-z_]+)$/.exec(path)?.[1] ?? "files";
    const { authorization = "", "content-type": type = "" } = request.headers;
    this.headers.push(request.headers);
    if (action === "auth.login") {
      const isWrong = !authorization.startsWith("Basic ") || authorization.endsWith("d3Jvbmc=");
      if (isWrong) return refusal(401, "Unauthorized (invalid credentials)");
      this.logins += 1;
      return { status: 200, body: { meta: meta(200, "OK"), data: { token: this.#newToken() } } };
    }
    if (action === "files" && request.method === "GET") {
      const file = this.files.get(decodeURIComponent(path));
      return file ? { status: 200, body: file } : { status: 404, body: "" };
    }
    const isLines = type === "application/json-lines";
    const text = raw.toString("utf8");
    const lines = isLines
      ? text
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : [];
    const isJson = !isLines && action !== "files" && text !== "";
    const body = isLines ? { lines } : isJson ? (JSON.parse(text) as Fields) : {};
    const call = { action, path, body };
    this.calls.push(call);
    const fault = this.fault?.(call);
    if (fault === "hang" || fault === "reset") return fault;
    if (typeof fault === "object") {
      return { body: { meta: meta(fault.status, "fault") }, ...fault };
    }
    if ((this.#tokens.get(authorization.replace("Bearer ", "")) ?? 0) < Date.now()) {
      return refusal(401, "Unauthorized (invalid or expired token)");
    }
    try {
      const data = action === "files" ? this.#store(raw, type) : this.#act(action, body, lines);
      if (fault === "reset after") return "reset";
      return { status: 200, body: { meta: meta(200, "OK"), data } };
    } catch (error) {
      return refusal(400, (error as Error).message);
    }
  }

  #newToken(): string {
    const now = Math.floor(Date.now() / 1000);
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const claims = {
      exp: now + this.tokenSeconds,
      iat: now,
      api_version: this.apiVersion,
      jti: randomUUID(),
    };
    const token = `${encode({ alg: "none" })}.${encode(claims)}.`;
    this.#tokens.set(token, Date.now() + this.tokenSeconds * 1000);
    return token;
  }

  #task(body: Fields): StoredTask {
    const task = this.tasks.get(String(body.task));
    if (!task) throw new Error(`Invalid task id: id=${body.task}`);
    return task;
  }

  #model(body: Fields): StoredModel {
    const model = this.models.get(String(body.model));
    if (!model) throw new Error(`Invalid model id: id=${body.model}`);
    return model;
  }

  #act(action: string, body: Fields, lines: Fields[]): object {
    const setStatus = (status: string) => {
      this.#task(body).status = status;
      return { updated: 1 };
    };
    switch (action) {
      case "projects.get_all": {
        const pattern = new RegExp(String(body.name));
        return { projects: this.projects.filter(({ name }) => pattern.test(name)) };
      }
      case "projects.create":
        this.projects.push({ id: newId(), name: String(body.name) });
        return { id: this.projects.at(-1)?.id };
      case "projects.get_by_id":
        return { project: this.projects.find(({ id }) => id === body.project) };
      case "tasks.create": {
        const id = newId();
        const empty = { hyperparams: {}, configuration: {}, execution: {}, tags: [] };
        const models = { input: [], output: [] };
        const made = { status: "created", last_iteration: 0, company: "c", models, output: {} };
        const task = { ...empty, ...body, ...made, id };
        this.tasks.set(id, task as unknown as StoredTask);
        return { id };
      }
      case "tasks.get_by_id":
        return { task: this.#task(body) };
      case "tasks.get_all": {
        const { id, project } = body as { id?: string[]; project?: string[] };
        const { pattern = "" } = (body._any_ ?? {}) as { pattern?: string };
        const tasks = [...this.tasks.values()].filter(
          (task) =>
            (!id || id.includes(task.id)) &&
            (!project || project.includes(task.project)) &&
            (task.comment ?? "").includes(pattern),
        );
        return { tasks };
      }
      case "tasks.edit": {
        const task = this.#task(body);
        if (task.status !== "created" && body.force !== true) throw new Error("Task status");
        const { task: _, force: __, ...fields } = body;
        Object.assign(task, fields);
        return { updated: 1, fields };
      }
      case "tasks.add_or_update_artifacts": {
        const { execution } = this.#task(body);
        const added = body.artifacts as Fields[];
        const others = (execution.artifacts ?? []).filter(
          (one) => !added.some((two) => one.key === two.key),
        );
        execution.artifacts = [...others, ...added];
        return { updated: 1 };
      }
      case "tasks.add_or_update_model": {
        const { models } = this.#task(body);
        const [type, name] = [String(body.type) as "input" | "output", String(body.name)];
        const others = models[type].filter((one) => one.name !== name);
        models[type] = [...others, { name, model: String(body.model) }];
        return { updated: 1 };
      }
      case "models.create": {
        const id = newId();
        const empty = { company: "c", tags: [], system_tags: [] };
        this.models.set(id, { ...empty, uri: "", ...body, id });
        return { id, created: true };
      }
      case "models.get_by_id":
        return { model: this.#model(body) };
      case "models.edit": {
        const { model: _, ...fields } = body;
        Object.assign(this.#model(body), fields);
        return { updated: 1, fields };
      }
      case "models.get_all": {
        const { pattern = "" } = (body._any_ ?? {}) as { pattern?: string };
        const { id, task, tags } = body as { id?: string[]; task?: string[]; tags?: string[] };
        const models = [...this.models.values()].filter(
          (model) =>
            (!id || id.includes(model.id)) &&
            (!task || task.includes(String(model.task))) &&
            (!tags || tags.every((tag) => (model.tags as string[] | undefined)?.includes(tag))) &&
            String(model.comment ?? "").includes(pattern),
        );
        return { models };
      }
      case "models.add_or_update_metadata": {
        const model = this.#model(body);
        const metadata = (model.metadata ?? []) as { key: string }[];
        const added = body.metadata as { key: string }[];
        const others = metadata.filter(({ key }) => !added.some((one) => one.key === key));
        model.metadata = [...others, ...added];
        return { updated: 1 };
      }
      case "tasks.started":
        return setStatus("in_progress");
      case "tasks.completed":
        return setStatus("completed");
      case "tasks.failed":
        return setStatus("failed");
      case "events.add_batch":
        return this.#addBatch(lines);
      case "events.scalar_metrics_iter_histogram": {
        const curves: Record<
          string,
          Record<string, { name: string; x: number[]; y: unknown[] }>
        > = {};
        for (const { metric, variant, iter, value } of this.#scalarsOf(String(body.task))) {
          if (iter === SINGLE) continue;
          curves[metric] ??= {};
          curves[metric][variant] ??= { name: variant, x: [], y: [] };
          const curve = curves[metric][variant];
          curve.x.push(iter);
          curve.y.push(value);
        }
        return curves;
      }
      case "events.get_task_single_value_metrics": {
        const tasks = (body.tasks as string[]).map((task) => ({
          task,
          values: this.#scalarsOf(task).filter(({ iter }) => iter === SINGLE),
        }));
        return { tasks };
      }
      case "events.get_task_plots": {
        const plots = this.stored("plot").filter(({ task }) => task === body.task);
        return { plots, returned: plots.length, total: plots.length };
      }
      case "events.get_task_log":
        return this.#taskLog(body);
      default:
        return {};
    }
  }

  #addBatch(lines: readonly Fields[]): object {
    const reasons: Record<string, number> = {};
    let added = 0;
    for (const line of lines) {
      const event = { metric: "", variant: "", ...line } as unknown as StoredEvent;
      const task = this.tasks.get(event.task);
      if (!task || Math.abs(event.value ?? 0) > 3.4028234663852886e38) {
        const reason = task ? "Error when indexing events batch" : `Invalid task id ${event.task}`;
        reasons[reason] = (reasons[reason] ?? 0) + 1;
        continue;
      }
      const { iter, metric, variant, key } = event;
      const parts = [event.type, event.task, iter, metric, variant, key ?? ""].join("-");
      const id = event.type === "log" ? newId() : createHash("md5").update(parts).digest("hex");
      this.events.delete(id); // the newest last
      this.events.set(id, event);
      task.last_iteration = Math.max(task.last_iteration, iter ?? 0);
      added += 1;
    }
    if (added === 0) throw new Error(`Failed adding events: ${JSON.stringify(reasons)}`);
    return { added, errors: lines.length - added, errors_info: reasons };
  }

  #scalarsOf(task: string): StoredEvent[] {
    return this.stored("training_stats_scalar").filter((event) => event.task === task);
  }

  #taskLog(body: Fields): object {
    const { task, from_timestamp: from = 0, batch_size: size } = body as Record<string, number>;
    const events = this.stored("log")
      .filter((event) => event.task === String(task) && event.timestamp > (from ?? 0))
      .sort((a, b) => a.timestamp - b.timestamp)
      .slice(0, size);
    return { events, returned: events.length };
  }

  #store(raw: Buffer, type: string): object {
    const boundary = Buffer.from(`--${/boundary="?([^";]+)/.exec(type)?.[1]}`);
    const names: string[] = [];
    let at = raw.indexOf(boundary);
    for (;;) {
      const end = raw.indexOf(boundary, at + boundary.length);
      if (end < 0) return names;
      const part = raw.subarray(at + boundary.length + 2, end - 2);
      const split = part.indexOf("\r\n\r\n");
      const name = /name="([^"]*)"/.exec(part.subarray(0, split).toString("utf8"))?.[1] ?? "";
      if (name.split("/").some((component) => component === ".." || component.length > 255)) {
        throw new Error(`Not Found: ${name}`);
      }
      this.files.set(name, part.subarray(split + 4));
      names.push(name);
      at = end;
    }
  }
}

function meta(code: number, message: string): object {
  return { id: newId(), trx: newId(), result_code: code, result_subcode: 0, result_msg: message };
}

function refusal(status: number, message: string): Answer {
  return { status, body: { meta: meta(status, message), data: {} } };
}

function newId(): string {
  return randomUUID().replaceAll("-", "");
}
