import { AimClient } from "./client.ts";
import { probe } from "./find-server.ts";
import { LocalServer } from "./local-server.ts";
import type { RepoAddress } from "./repo-address.ts";

/** Finds the server of a repository, or runs one, and keeps the client of it. */
export class ServerLink {
  readonly #address: RepoAddress;
  readonly #headers: () => Record<string, string>;
  readonly #logFolder: string;
  #local: LocalServer | undefined;
  #client: { readonly baseUrl: string; readonly client: AimClient } | undefined;

  constructor(address: RepoAddress, headers: () => Record<string, string>, logFolder: string) {
    this.#address = address;
    this.#headers = headers;
    this.#logFolder = logFolder;
  }

  /** The same client as before, as long as the server is at the same place. @throws {TrackerUnreachableError} */
  async client(signal: AbortSignal): Promise<AimClient> {
    const baseUrl = await this.#baseUrl(signal);
    if (this.#client?.baseUrl !== baseUrl) {
      this.#client?.client.abandon();
      this.#client = { baseUrl, client: new AimClient(baseUrl, this.#headers) };
    }
    return this.#client.client;
  }

  /** Ends the server that was started here, if any. */
  async close(): Promise<void> {
    this.#client?.client.abandon();
    this.#client = undefined;
    const local = this.#local;
    this.#local = undefined;
    await local?.stop();
  }

  async #baseUrl(signal: AbortSignal): Promise<string> {
    const address = this.#address;
    switch (address.kind) {
      case "url":
        return address.baseUrl;
      case "server":
        return this.#client?.baseUrl ?? (await probe(address.address, this.#headers(), signal));
      case "folder":
        if (!this.#local?.isRunning) {
          this.#local = await LocalServer.start(address.path, this.#logFolder, signal);
        }
        return this.#local.baseUrl;
      default:
        return address satisfies never;
    }
  }
}
