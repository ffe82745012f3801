import type { Artifact } from "./format/artifact.ts";
import type { MediaFile } from "./format/media.ts";
import type { RunFields, TrackioRecord } from "./format/record.ts";

/** One thing that Trackio is told. Each is idempotent: Trackio takes a record of one id once, and a file of one name once. */
export type Operation =
  | TrackioRecord
  | { readonly kind: "media"; readonly run: RunFields; readonly file: MediaFile }
  | { readonly kind: "artifact"; readonly run: RunFields; readonly artifact: Artifact };
