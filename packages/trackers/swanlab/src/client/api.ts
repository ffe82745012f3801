import { rememberSecret, TrackerUnreachableError } from "@acc/core/tracker";
import {
  concerningRun,
  type HttpAnswer,
  type HttpRequest,
  HttpService,
  jsonObjectOf,
} from "@acc/tracker-kit";
import { type Login, loginOf, requireDone } from "./answers.ts";
import { apiKeyFor } from "./api-key.ts";

/** The client whose requests these are: a service may refuse older ones. */
const CLIENT_VERSION = "0.10.3";
/** A session that ends sooner is renewed, as SwanLab's own client does. */
const RENEW_MS = 7 * 24 * 60 * 60_000;
const UPLOAD_TIMEOUT_MS = 10 * 60_000;
const ADVICE = "check SWANLAB_API_KEY, and SWANLAB_WORKSPACE if the key may not write there";

/** SwanLab refuses with a code and a message; a proxy refuses what is too large for it. */
function isRefusal(body: string, status: number): boolean {
  const { code, message } = jsonObjectOf(body) ?? {};
  return status === 413 || typeof message === "string" || (typeof code === "string" && code !== "");
}

/** Requests to a SwanLab service, and to the store of its files. */
export class SwanLabApi {
  readonly #apiHost: string;
  readonly #service: HttpService;
  /** Uploads go to signed addresses, which refuse a second kind of authentication. */
  readonly #store: HttpService;
  #login: Login | undefined;

  constructor(apiHost: string) {
    this.#apiHost = apiHost;
    const headers = () => ({ "x-swanlab-sdk-version": CLIENT_VERSION });
    const common = { baseUrl: `${apiHost}/api`, isRefusal, headers };
    this.#service = new HttpService({ ...common, name: "SwanLab", authAdvice: ADVICE });
    this.#store = new HttpService({
      ...{ ...common, name: "SwanLab's file store", headers: () => ({}) },
      timeoutMs: UPLOAD_TIMEOUT_MS,
    });
  }

  /** Owner of the key. */
  async user(signal: AbortSignal): Promise<string> {
    this.#login ??= await this.#logIn(signal);
    return this.#login.user;
  }

  /** @throws as `HttpService.request` does. */
  request(
    path: string,
    request: HttpRequest & { readonly signal: AbortSignal },
  ): Promise<HttpAnswer> {
    return this.#withSession(({ sid }) => {
      const headers = { ...request.headers, cookie: `sid=${sid}` };
      return this.#service.request(path, { ...request, headers });
    }, request.signal);
  }

  /** A request whose answer says nothing. @param what it sends, for a message. */
  async tell(
    path: string,
    what: string,
    request: HttpRequest & { readonly signal: AbortSignal },
  ): Promise<void> {
    const { text } = await this.request(path, request);
    requireDone(text, what);
  }

  /** Stores bytes at an address that the service gave. @returns the store's name of this version. */
  async store(
    url: string,
    body: Uint8Array | Blob,
    type: string,
    signal: AbortSignal,
  ): Promise<string> {
    const request = { method: "PUT", body, headers: { "content-type": type }, signal } as const;
    const { text, headers } = await this.#store.request(url, request);
    requireDone(text, "a file");
    return (headers.get("etag") ?? "").replaceAll('"', "");
  }

  /** Replaces a session once if the service refuses it. */
  async #withSession<T>(use: (login: Login) => Promise<T>, signal: AbortSignal): Promise<T> {
    const held = this.#login;
    if (!held || held.expiresMs - Date.now() < RENEW_MS) {
      this.#login = await this.#logIn(signal);
      return use(this.#login);
    }
    try {
      return await use(held);
    } catch (error) {
      if (!(error instanceof TrackerUnreachableError && error.permanent)) throw error;
      this.#login = undefined;
      this.#login = await this.#logIn(signal);
      return use(this.#login);
    }
  }

  async #logIn(signal: AbortSignal): Promise<Login> {
    const headers = { authorization: apiKeyFor(this.#apiHost) };
    const { text } = await concerningRun(
      this.#service.request("/login/api_key", { method: "POST", headers, signal }),
      (refusal) => `${refusal} (${ADVICE})`,
    );
    const login = loginOf(text);
    rememberSecret(login.sid);
    return login;
  }
}
