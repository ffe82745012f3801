import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A record as it lies in the inbox. */
export type InboxRecord = {
  readonly v: number;
  readonly kind: string;
  readonly project: string;
  readonly run: string;
  readonly run_id: string;
  readonly metrics: Record<string, unknown>;
  readonly step: number;
  readonly timestamp: string;
  readonly config: Record<string, unknown> | null;
  readonly log_id: string;
  readonly alert_id: string;
  readonly title: string;
  readonly level: string;
};

/** The files of the inbox, in the order in which Trackio imports them. */
export function inboxFiles(dir: string): string[] {
  const inbox = join(dir, "inbox");
  if (!existsSync(inbox)) return [];
  const names = readdirSync(inbox, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".jsonl")).sort();
}

/** What Trackio would import: every record in order, one of each id. */
export function readInbox(dir: string): InboxRecord[] {
  const seen = new Set<string>();
  return inboxFiles(dir)
    .flatMap((name) =>
      readFileSync(join(dir, "inbox", name), "utf8")
        .trimEnd()
        .split("\n"),
    )
    .map((line) => JSON.parse(line) as InboxRecord)
    .filter(({ log_id, alert_id }) => {
      const id = log_id ?? alert_id;
      const isNew = !seen.has(id);
      seen.add(id);
      return isNew;
    });
}
