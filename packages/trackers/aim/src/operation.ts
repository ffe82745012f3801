import type { ArtifactData } from "@acc/core/tracker";
import type { TreeKey, TreeValue } from "./format/tree.ts";

/** One write to a tree of the run; without a value it makes an array there. */
export type Write = {
  readonly tree: "meta" | "seqs";
  readonly path: readonly TreeKey[];
  readonly value?: TreeValue;
};

/** Properties that Aim keeps in its database, apart from the run's trees. */
export type RunProps = {
  readonly name?: string;
  readonly experiment?: string;
  readonly description?: string;
};

/** One operation at the server. Each is idempotent. */
export type Operation =
  | { readonly kind: "write"; readonly writes: readonly Write[] }
  | { readonly kind: "props"; readonly props: RunProps }
  | { readonly kind: "tag"; readonly method: "add_tag" | "remove_tag"; readonly tag: string }
  | { readonly kind: "artifact"; readonly artifact: ArtifactData }
  | { readonly kind: "close"; readonly endMs: number };
