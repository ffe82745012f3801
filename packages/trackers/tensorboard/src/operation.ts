import type { SummaryValue } from "./format/event.ts";
import type { Hparam } from "./format/hparams.ts";

/** One write to the files of a run. */
export type Operation =
  | {
      /** Values of one step, as one event. */
      readonly kind: "values";
      /** Folder below the run; empty for the run itself. */
      readonly folder: string;
      readonly values: readonly SummaryValue[];
      readonly step: number;
      readonly wallTimeMs: number;
    }
  | { readonly kind: "hparams"; readonly hparams: ReadonlyMap<string, Hparam> };
