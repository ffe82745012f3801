import type { LibraryChange } from "../wire/schema.ts";

/** The calls that go to the thread of a library. */
export type LibraryMethod =
  | "runs"
  | "run"
  | "series"
  | "point"
  | "points"
  | "texts"
  | "console"
  | "media"
  | "note"
  | "folder"
  | "whole"
  | "close";

export type LibraryCall = {
  readonly id: number;
  readonly method: LibraryMethod;
  readonly args: readonly unknown[];
};

export type LibraryMessage =
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "error"; readonly id: number; readonly message: string }
  | { readonly kind: "change"; readonly change: LibraryChange };
