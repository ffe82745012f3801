import type { ConfigEntries } from "./format/config-text.ts";
import type { Column, MediaPoint, OutputLine, RunEnd, ScalarPoint } from "./format/point.ts";

/**
 * One thing that SwanLab is told. Each can be repeated: a series has one point per step, a media file is named after its
 * content, a file of the run has one name.
 */
export type Operation =
  /** The whole configuration. */
  | { readonly kind: "config"; readonly entries: ConfigEntries }
  | ({ readonly kind: "column" } & Column)
  | ({ readonly kind: "scalar" } & ScalarPoint)
  | ({ readonly kind: "media" } & MediaPoint)
  | ({ readonly kind: "line" } & OutputLine)
  /** A file or folder to keep, under this name. */
  | { readonly kind: "file"; readonly name: string; readonly path: string }
  | ({ readonly kind: "end" } & RunEnd);

export type OperationOf<Kind extends Operation["kind"]> = Extract<
  Operation,
  { readonly kind: Kind }
>;
