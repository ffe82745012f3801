/** What the user chose for all runs, kept in this browser. */
export type Settings = {
  /** The x axis: `step`, `relative-step`, `time`, `clock`, or `key:` and a key. */
  readonly x: string;
  readonly isLogX: boolean;
  /** From 0 to below 1. */
  readonly smooth: number;
  /** Keys with a logarithmic y axis. */
  readonly logKeys: readonly string[];
  /** Keys whose charts are on top. */
  readonly pinned: readonly string[];
  readonly closedGroups: readonly string[];
  /** Columns of the table; undefined: chosen by the page. */
  readonly columns?: readonly string[];
  readonly sort?: { readonly column: string; readonly isDescending: boolean };
  readonly hasShortcuts: boolean;
};

const STORED = "acc-settings";
const DEFAULTS: Settings = {
  ...{ x: "step", isLogX: false, smooth: 0, logKeys: [], pinned: [], closedGroups: [] },
  hasShortcuts: true,
};

export function loadSettings(): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(STORED) ?? "{}") as Settings) };
  } catch {
    return DEFAULTS;
  }
}

export function saveSettings(settings: Settings): void {
  localStorage.setItem(STORED, JSON.stringify(settings));
}
