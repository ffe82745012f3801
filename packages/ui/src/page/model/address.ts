/** What the fragment of the address says: which view, of which runs. It can be kept, sent, and gone back to. */

export const TABS = [
  "charts",
  "images",
  "figures",
  "media",
  "histograms",
  "tables",
  "texts",
  "console",
  "system",
  "config",
  "files",
] as const;
export type Tab = (typeof TABS)[number];

export type View =
  | { readonly kind: "runs" }
  | { readonly kind: "run"; readonly id: string; readonly tab: Tab }
  | { readonly kind: "compare" };

export type Address = {
  readonly view: View;
  readonly filter: string;
  /** Runs whose curves are shown, as beginnings of their ids; undefined: the newest. */
  readonly ticked: readonly string[] | undefined;
};

const ID_DIGITS = 8;

export function parseAddress(fragment: string): Address {
  const [path = "", search = ""] = fragment.replace(/^#\/?/, "").split("?", 2);
  const [kind, id, tab] = path.split("/");
  const query = new URLSearchParams(search);
  const ticked = query.get("runs");
  return {
    view: viewOf(kind, id, tab),
    filter: query.get("filter") ?? "",
    ticked: ticked === null ? undefined : ticked.split(",").filter(Boolean),
  };
}

function viewOf(kind = "", id = "", tab = ""): View {
  if (kind === "compare") return { kind };
  if (kind === "run" && id !== "") {
    return { kind, id, tab: TABS.find((known) => known === tab) ?? "charts" };
  }
  return { kind: "runs" };
}

export function addressText({ view, filter, ticked }: Address): string {
  const query = new URLSearchParams();
  if (ticked) query.set("runs", ticked.map(shortId).join(","));
  if (filter !== "") query.set("filter", filter);
  const search = query.size > 0 ? `?${String(query).replaceAll("%2C", ",")}` : "";
  return `#/${pathOf(view)}${search}`;
}

function pathOf(view: View): string {
  return view.kind === "run" ? `run/${shortId(view.id)}/${view.tab}` : view.kind;
}

/** Enough of an id to find the run again. Ids of other tools may be short, or need encoding. */
export function shortId(id: string): string {
  return /^[\da-f]{32}$/.test(id) ? id.slice(0, ID_DIGITS) : encodeURIComponent(id);
}

/** The id that begins like this; undefined if there is none. */
export function findId(ids: readonly string[], short: string): string | undefined {
  return ids.find((id) => shortId(id) === short) ?? ids.find((id) => id.startsWith(short));
}
