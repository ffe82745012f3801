/**
 * An API server and files server of ClearML on one port, keeping to what the server's source does: points, plots and
 * images are stored under the digest of task, iteration, metric, variant and key, console lines under new ids.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listen } from "@acc/test-kit/servers/listen";
import { type StoredEvent, StoredEvents } from "./stored-events.ts";
import { type Fields, newId } from "./stored-fields.ts";
import { storeFiles } from "./stored-files.ts";
import { type StoredModel, StoredModels } from "./stored-models.ts";

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
  readonly #models = new StoredModels();
  readonly #events = new StoredEvents((task, iteration) => this.#noteIteration(task, iteration));
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
    return this.#events.of(type);
  }

  get models(): ReadonlyMap<string, StoredModel> {
    return this.#models.all;
  }

  get events(): ReadonlyMap<string, StoredEvent> {
    return this.#events.all;
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
      const data =
        action === "files" ? storeFiles(this.files, raw, type) : this.#act(action, body, lines);
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

  #noteIteration(id: string, iteration: number): boolean {
    const task = this.tasks.get(id);
    if (task) task.last_iteration = Math.max(task.last_iteration, iteration);
    return task !== undefined;
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
      case "tasks.started":
        return setStatus("in_progress");
      case "tasks.completed":
        return setStatus("completed");
      case "tasks.failed":
        return setStatus("failed");
      default:
        return this.#models.act(action, body) ?? this.#events.act(action, body, lines) ?? {};
    }
  }
}

function meta(code: number, message: string): object {
  return { id: newId(), trx: newId(), result_code: code, result_subcode: 0, result_msg: message };
}

function refusal(status: number, message: string): Answer {
  return { status, body: { meta: meta(status, message), data: {} } };
}
