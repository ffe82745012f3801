import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { listen } from "@acc/test-kit/servers/listen";

export const KEY = "0123456789abcdefghijk";
export const USER = "ada";
const SESSION = "session-of-ada-0123456789";

export type ReceivedRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** Parsed, if it is JSON. */
  readonly body: unknown;
};

type Point = { readonly data: unknown; readonly more?: unknown; readonly create_time: string };
type Body = { readonly [name: string]: unknown };
type Answer = { readonly status: number; readonly body: object };

/** An experiment, as the service holds it: one point per series and step, one file per path. */
export type Experiment = {
  readonly cuid: string;
  readonly project: string;
  readonly body: Body;
  readonly scalars: Record<string, Record<string, Point>>;
  readonly media: Record<string, Record<string, Point>>;
  readonly logs: Body[];
  readonly files: Record<string, string>;
  config: unknown;
  state: string;
};

/**
 * Stands in for a SwanLab service on loopback, for SwanLab's own client as for ours: it answers as the service of the recorded
 * requests does, and keeps what it was sent.
 */
export class SwanLabServer {
  readonly requests: ReceivedRequest[] = [];
  /** By project and id, such as `proj/run1`. */
  readonly experiments = new Map<string, Experiment>();
  readonly series: Record<string, Body> = {};
  /** Stored objects by path. */
  readonly objects: Record<string, Buffer> = {};
  /** Requests to addresses that it does not know. */
  readonly unknown: string[] = [];
  /** Answers in place of the service, if it returns something. */
  disturb: (request: ReceivedRequest) => Answer | undefined = () => undefined;
  readonly #projects = new Map<string, Body>();
  readonly #targets: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const raw = Buffer.concat(chunks);
        const request = received(incoming, raw);
        this.requests.push(request);
        const answer = this.disturb(request) ?? this.#answer(request, raw);
        const isStored = request.path.startsWith("/put/");
        response.writeHead(answer.status, {
          ...(isStored ? { etag: '"etag"' } : { "content-type": "application/json" }),
        });
        response.end(isStored && answer.status === 200 ? "" : JSON.stringify(answer.body));
      });
    });
  }

  static async start(port = 0): Promise<SwanLabServer> {
    const server = new SwanLabServer();
    await listen(server.#server, port);
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The only experiment. */
  get experiment(): Experiment {
    const [experiment, ...more] = this.experiments.values();
    if (!experiment || more.length > 0) throw new Error(`${this.experiments.size} experiments`);
    return experiment;
  }

  #answer(request: ReceivedRequest, raw: Buffer): Answer {
    const { method, path, headers, body } = request;
    const put = /^\/put\/(\d+)$/.exec(path);
    if (put) {
      const object = this.#targets[Number(put[1])] ?? "";
      this.objects[object] = object.includes("#")
        ? Buffer.concat([this.objects[object] ?? Buffer.alloc(0), raw])
        : raw;
      return done();
    }
    if (path === "/api/login/api_key") {
      if (headers.authorization !== KEY) return refused(401, "Unauthorized");
      const expiredAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
      return done({ sid: SESSION, expiredAt, userInfo: { username: USER } });
    }
    if (headers.cookie !== `sid=${SESSION}`) return refused(401, "Unauthorized");
    return this.#answerMember(method, path.slice("/api".length), (body ?? {}) as Body);
  }

  #answerMember(method: string, path: string, body: Body): Answer {
    const [first, ...rest] = path.split("/").slice(1).map(decodeURIComponent);
    if (first === "projects" && rest.length === 1) {
      const name = String(body.name);
      this.#projects.set(`${rest[0]}/${name}`, projectBody(String(rest[0]), body));
      return { status: 201, body: {} };
    }
    if (first === "projects" && rest[2] === "series") {
      for (const one of body.series as Body[]) this.series[String(one.key)] = one;
      return done();
    }
    if (first === "project") return this.#answerProject(method, rest, body);
    if (path.startsWith("/house/metrics/summaries/"))
      return done(this.#summary(String(rest.at(-1))));
    if (path === "/house/metrics") return this.#takePoints(body);
    if (path === "/resources/presigned/put") return this.#targetsFor(body.paths as string[]);
    if (first === "house" && rest.at(-1) === "heartbeat") return done();
    if (first === "experiment" && rest[1] === "files") {
      return this.#takeFiles(this.#byId(String(rest[0])), String(rest[2]), body);
    }
    return this.#notFound(method, path);
  }

  #answerProject(method: string, [user, name, kind, id, part]: string[], body: Body): Answer {
    const project = this.#projects.get(`${user}/${name}`);
    if (!project) return refused(404, "project does not exist");
    if (kind === undefined) return done(project);
    if (kind === "experiment") return this.#openExperiment(String(name), body);
    const experiment = this.experiments.get(`${name}/${id}`) ?? this.#find(String(id));
    if (!experiment) return refused(404, "experiment does not exist");
    if (part === undefined) return done(experimentBody(experiment));
    if (part === "profile" && "config" in body) experiment.config = body.config;
    if (part === "state") experiment.state = String(body.state);
    return method === "PUT" ? done() : this.#notFound(method, `runs/${part}`);
  }

  #openExperiment(project: string, body: Body): Answer {
    const id = String(body.cuid ?? `made${this.experiments.size}`);
    const existing = this.experiments.get(`${project}/${id}`);
    if (existing) {
      existing.state = "RUNNING";
      return { status: 200, body: experimentBody(existing) };
    }
    const made: Experiment = {
      ...{ cuid: `exp-${id}`, project, body, scalars: {}, media: {}, logs: [], files: {} },
      ...{ config: undefined, state: "RUNNING" },
    };
    this.experiments.set(`${project}/${id}`, made);
    return { status: 201, body: { ...experimentBody(made), slug: id } };
  }

  #takePoints({ type, experimentId, metrics }: Body): Answer {
    const experiment = this.#find(String(experimentId));
    if (!experiment) return refused(404, "experiment does not exist");
    for (const point of metrics as (Body & Point)[]) {
      if (type === "log") {
        experiment.logs.push(point);
        continue;
      }
      const series = type === "scalar" ? experiment.scalars : experiment.media;
      const key = String(point.key);
      series[key] = { ...series[key], [String(point.index)]: point };
    }
    return done();
  }

  #takeFiles(experiment: Experiment, step: string, body: Body): Answer {
    const files = body.files as { path: string; count?: number; state?: string }[];
    if (step === "prepare") return this.#targetsFor(files.map(({ path }) => `file:${path}`));
    if (step === "prepare-multipart") {
      const [{ path = "", count = 0 } = {}] = files;
      this.objects[`file:${path}#`] = Buffer.alloc(0);
      const parts = Array.from({ length: count }, (_, at) => ({
        partNumber: at + 1,
        url: this.#target(`file:${path}#`),
      }));
      return done({ files: [{ uploadId: "upload", parts }] });
    }
    for (const { path } of files) {
      const bytes = this.objects[`file:${path}${step === "complete-multipart" ? "#" : ""}`];
      if (!bytes) return refused(404, "file was not uploaded");
      experiment.files[path] = bytes.length < 100 ? bytes.toString() : `${bytes.length} bytes`;
    }
    return { status: 201, body: {} };
  }

  #targetsFor(paths: readonly string[]): Answer {
    return done({ urls: paths.map((path) => this.#target(path)) });
  }

  #target(object: string): string {
    return `${this.url}/put/${this.#targets.push(object) - 1}`;
  }

  #summary(id: string): object {
    const { scalars, media, logs } = this.#byId(id);
    const last = (series: Experiment["scalars"]): object[] =>
      Object.entries(series).map(([key, points]) => ({
        ...{ key, step: Math.max(...Object.keys(points).map(Number)) },
      }));
    const step = Math.max(0, ...logs.map(({ epoch }) => Number(epoch)));
    return { scalar: last(scalars), media: last(media), log: [{ key: "LOG", step }] };
  }

  #byId(id: string): Experiment {
    const found = this.#find(id);
    if (found) return found;
    throw new Error(`no experiment ${id}`);
  }

  #find(id: string): Experiment | undefined {
    return [...this.experiments.values()].find(({ cuid }) => cuid === id);
  }

  #notFound(method: string, path: string): Answer {
    this.unknown.push(`${method} ${path}`);
    return refused(404, "Not Found");
  }
}

function received(incoming: IncomingMessage, raw: Buffer): ReceivedRequest {
  const { pathname } = new URL(incoming.url ?? "/", "http://stub");
  const isJson = incoming.headers["content-type"]?.startsWith("application/json") ?? false;
  const body = isJson && !pathname.startsWith("/put/") ? JSON.parse(raw.toString()) : undefined;
  return { method: incoming.method ?? "", path: pathname, headers: incoming.headers, body };
}

function projectBody(user: string, { name, visibility }: Body): Body {
  return {
    ...{ cuid: `project-${name}`, name, visibility, version: 1, group: { username: user } },
    ...{ path: `/${user}/${name}`, _count: { experiments: 0 } },
  };
}

function experimentBody({ cuid, body }: Experiment): Body {
  return { cuid, name: body.name, slug: body.cuid, createdAt: body.createdAt };
}

function done(body: object = {}): Answer {
  return { status: 200, body };
}

function refused(status: number, message: string): Answer {
  return { status, body: { code: String(status), message } };
}
