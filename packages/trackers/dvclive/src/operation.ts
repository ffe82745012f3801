import type { LogValue } from "@acc/core/tracker";
import type { DvcEntries } from "./format/dvc-yaml.ts";

/** One write to the files of a run. Paths are below the run's folder. Each is idempotent. */
export type Operation =
  | {
      readonly kind: "rows";
      readonly path: string;
      /** Bytes of the file before the rows; any further bytes are cut off. */
      readonly offset: number;
      readonly text: string;
    }
  | { readonly kind: "file"; readonly path: string; readonly content: string | Uint8Array }
  | { readonly kind: "copy"; readonly path: string; readonly source: string }
  | { readonly kind: "params"; readonly values: readonly (readonly [string, LogValue])[] }
  | { readonly kind: "dvc-yaml"; readonly entries: DvcEntries; readonly keepsOthers: boolean };
