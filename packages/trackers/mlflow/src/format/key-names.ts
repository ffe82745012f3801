import { safeKey } from "./safe-key.ts";

/** Names given so far. They are saved, because the next names depend on them. */
export type KeyNamesState = {
  /** Keys that are recorded under their own name. */
  readonly own: readonly string[];
  /** The name of every other key. */
  readonly renamed: Readonly<Record<string, string>>;
};

/** Gives every key of the user a different name that MLflow accepts. */
export class KeyNames {
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #warn: (message: string) => void;

  constructor(state: KeyNamesState | undefined, warn: (message: string) => void) {
    this.#warn = warn;
    for (const key of state?.own ?? []) this.#add(key, key);
    for (const [key, name] of Object.entries(state?.renamed ?? {})) this.#add(key, name);
  }

  get state(): KeyNamesState {
    const names = [...this.#names];
    return {
      own: names.filter(([key, name]) => key === name).map(([key]) => key),
      renamed: Object.fromEntries(names.filter(([key, name]) => key !== name)),
    };
  }

  nameOf(key: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = this.#free(safeKey(key));
    this.#add(key, name);
    if (name !== key) {
      const shown = JSON.stringify(key.slice(0, 100));
      const reason = safeKey(key) === key ? "has another value under" : "does not take";
      this.#warn(`MLflow ${reason} the name ${shown}: it is recorded as "${name}".`);
    }
    return name;
  }

  #free(name: string): string {
    if (!this.#taken.has(name)) return name;
    for (let count = 2; ; count++) {
      const other = safeKey(`${name}_${count}`);
      if (!this.#taken.has(other)) return other;
    }
  }

  #add(key: string, name: string): void {
    this.#names.set(key, name);
    this.#taken.add(name);
  }
}
