/** Native memory of a thread, which the host must free if the thread was terminated. */
export type NativeResources = {
  /** `file:` URL of a module that exports `release(register: SharedArrayBuffer): void`, for the host's thread. */
  readonly releaser: string;
  /** Memory in which the thread records what it holds at any time, in a form that only `release` reads. */
  readonly register: SharedArrayBuffer;
};
