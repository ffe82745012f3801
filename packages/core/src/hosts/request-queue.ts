import type { Transport, TransportRequest } from "./transport.ts";

/** Requests that are completed in the order in which they began. */
export class RequestQueue {
  readonly #transport: Transport;
  #requests: TransportRequest[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  push(request: TransportRequest): void {
    this.#requests.push(request);
  }

  get length(): number {
    return this.#requests.length;
  }

  /** Takes the first request out if it is complete. */
  takeFirst(): boolean {
    const [first] = this.#requests;
    if (!first || !this.#transport.test(first)) return false;
    this.#requests.shift();
    return true;
  }

  /** Takes out all that are complete. @returns whether there were any. */
  takeAll(): boolean {
    const before = this.#requests.length;
    this.#requests = this.#requests.filter((request) => !this.#transport.test(request));
    return this.#requests.length < before;
  }
}
