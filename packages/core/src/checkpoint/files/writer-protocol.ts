import type { ErrorCode } from "../../errors.ts";
import type { Manifest, ManifestFacts } from "./manifest.ts";
import type { CheckpointFile } from "./prepare-file.ts";
import type { RetentionRules } from "./retention-rules.ts";

/** What the thread is asked to do. */
export type WriterJob =
  | {
      readonly type: "write";
      readonly target: string;
      readonly files: readonly CheckpointFile[];
      readonly facts: ManifestFacts;
      readonly isDurable: boolean;
      readonly isReplacing: boolean;
    }
  | {
      readonly type: "retain";
      readonly folder: string;
      readonly rules: RetentionRules;
      readonly protect: readonly string[];
    };

export type WriterTask = {
  /** Number of jobs that are done, as an int32 that wraps around. The exit of the process waits for it. */
  readonly done: Int32Array;
};

export type WriterMessage =
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "written"; readonly manifest: Manifest }
  | { readonly type: "retained"; readonly removed: readonly string[] }
  | {
      readonly type: "failed";
      readonly code: ErrorCode;
      readonly message: string;
      readonly cause: unknown;
    };
