import type { LogValue } from "./log-value.ts";

/** Options of the named trackers for `initTrackers`; tracker packages add their own by augmentation. */
export interface TrackerInitOptions {
  [name: string]: object | undefined;
}

/** Options of the named trackers for one call of `log`; tracker packages add their own by augmentation. */
export interface TrackerLogOptions {
  readonly [name: string]: { readonly [key: string]: LogValue } | undefined;
}

/** What a tracker stores of its run: plain JSON without keys or tokens, such as the id that its service gave. */
export type TrackerState = { readonly [key: string]: unknown };
