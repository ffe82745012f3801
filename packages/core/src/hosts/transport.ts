/** A message on its way; what it is only its transport knows. */
export type TransportRequest = object;

/**
 * Carries messages between the hosts of a run. One thread of each host has it and makes all calls; none of them waits.
 *
 * Messages between two hosts with the same tag arrive in the order in which they were sent. Both sides name the same number of
 * bytes, at least 1. A tag is an integer from 0 to 32767.
 */
export interface Transport {
  /** Index of this host, `0 <= host < hosts`. */
  readonly host: number;
  readonly hosts: number;
  /**
   * Begins to send the bytes of `view` to another host.
   *
   * @param view may lie in shared memory. It is kept, and its bytes do not change, until `test` has said that it is sent.
   */
  send(view: Uint8Array, to: number, tag: number): TransportRequest;
  /**
   * Begins to receive bytes of another host.
   *
   * @param view may lie in shared memory. It is kept, and nobody uses its bytes, until `test` has said that they are there.
   */
  receive(view: Uint8Array, from: number, tag: number): TransportRequest;
  /**
   * Whether a request is complete. One for which this was true is not tested again.
   *
   * @throws if the other host is lost.
   */
  test(request: TransportRequest): boolean;
  /** Ends the whole job, the other hosts included, at once. It may end this process before it returns. */
  abort(code: number): void;
  /** Called after the last message. Takes at most seconds, also when other hosts are gone. */
  close(): void;
}

/** Which module opens the transport, and with what: plain data that is posted to the thread that opens it. */
export type TransportSource = {
  /** `file:` URL of a module that exports what `TransportModule` names. */
  readonly module: string;
  /** Structured clone applies. */
  readonly data: unknown;
};

/** What the module of a `TransportSource` exports. */
export interface TransportModule {
  openTransport(data: unknown): Transport | Promise<Transport>;
}

/** The hosts of a run, as the launcher of this one knows them: equal on every host but for `host`, `name` and `transport`. */
export type HostsOptions = {
  /** Index of this host, `0 <= host < hosts`. */
  readonly host: number;
  readonly hosts: number;
  /** The name of this host in messages. */
  readonly name: string;
  /** The names of all hosts, in their order. */
  readonly names: readonly string[];
  /** Replicas of each host, in their order. */
  readonly replicasOf: readonly number[];
  readonly transport: TransportSource;
};
