import { AcceleratorError } from "@acc/core/tracker";

/** The content of a configuration file: objects, and texts for everything else. */
export type HoconObject = { [key: string]: HoconObject | string };

/**
 * Reads the part of HOCON that `clearml.conf` is written in: nested objects, dotted keys, `:` and `=`, quoted and bare
 * texts, `${NAME}` of the environment, comments. Lists are skipped.
 *
 * @throws {AcceleratorError} `OPTION_INVALID` with the line of the error.
 */
export function parseHocon(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): HoconObject {
  const reader = new Reader(text, env);
  reader.skip();
  const isBraced = reader.take("{");
  const result = reader.object(isBraced ? "}" : undefined);
  return result;
}

class Reader {
  readonly #text: string;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #at = 0;

  constructor(text: string, env: Readonly<Record<string, string | undefined>>) {
    this.#text = text;
    this.#env = env;
  }

  /** Passes space, commas and comments. `//` within a bare text, as in a URL, is no comment. */
  skip(): void {
    const blank = /(?:[\s,\uFEFF]+|#[^\n]*|\/\/[^\n]*)*/y;
    blank.lastIndex = this.#at;
    blank.exec(this.#text);
    this.#at = blank.lastIndex;
  }

  take(symbol: string): boolean {
    if (!this.#text.startsWith(symbol, this.#at)) return false;
    this.#at += symbol.length;
    return true;
  }

  object(end: string | undefined): HoconObject {
    const result: HoconObject = {};
    for (;;) {
      this.skip();
      if (this.#at >= this.#text.length) {
        if (end === undefined) return result;
        throw this.#fault(`"${end}" is missing`);
      }
      if (end !== undefined && this.take(end)) return result;
      const path = this.#key();
      this.skip();
      if (!this.take("+=") && !this.take(":")) this.take("=");
      this.skip();
      const value = this.#value();
      if (value !== undefined) assign(result, path, value);
    }
  }

  #key(): string[] {
    const path: string[] = [];
    do {
      const part = this.#quoted() ?? this.#match(/[^\s.:={}[\],"#+]+/y);
      if (part === undefined) throw this.#fault("a key is missing");
      path.push(part);
    } while (this.take("."));
    return path;
  }

  #value(): HoconObject | string | undefined {
    if (this.take("{")) return this.object("}");
    if (this.take("[")) return this.#skipList();
    let value = "";
    for (;;) {
      const piece =
        this.#quoted() ??
        this.#substitution() ??
        this.#match(/[^\s"{}[\],#$]+/y) ??
        this.#match(/[ \t]+(?![\s#}]|\/\/)/y);
      if (piece === undefined) return value;
      value += piece;
    }
  }

  #quoted(): string | undefined {
    const long = this.#match(/"""[\s\S]*?"""/y);
    if (long !== undefined) return long.slice(3, -3);
    const short = this.#match(/"(?:[^"\\\n]|\\.)*"/y);
    if (short === undefined) return undefined;
    try {
      return JSON.parse(short) as string;
    } catch {
      return short.slice(1, -1); // an escape that JSON does not know
    }
  }

  #substitution(): string | undefined {
    const found = this.#match(/\$\{\??[^}\n]*\}/y);
    if (found !== undefined) return this.#env[found.replace(/^\$\{\??|\}$/g, "").trim()] ?? "";
    return this.#match(/\$/y);
  }

  #skipList(): undefined {
    for (let depth = 1; depth > 0; ) {
      this.skip();
      if (this.take("[") || this.take("{")) depth += 1;
      else if (this.take("]") || this.take("}")) depth -= 1;
      else if (this.#quoted() === undefined && this.#match(/[^\s"{}[\],]+|"/y) === undefined) {
        throw this.#fault('"]" is missing');
      }
    }
    return undefined;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }

  #fault(what: string): AcceleratorError {
    const line = this.#text.slice(0, this.#at).split("\n").length;
    return new AcceleratorError("OPTION_INVALID", `it cannot be read: ${what} in line ${line}.`);
  }
}

function assign(target: HoconObject, path: readonly string[], value: HoconObject | string): void {
  const [key = "", ...rest] = path;
  const existing = Object.hasOwn(target, key) ? target[key] : undefined;
  const current = typeof existing === "object" ? existing : undefined;
  if (rest.length > 0) {
    const inner = current ?? {};
    target[key] = inner;
    assign(inner, rest, value);
  } else if (typeof value === "object" && current) {
    for (const [name, item] of Object.entries(value)) assign(current, [name], item);
  } else {
    Object.defineProperty(target, key, {
      ...{ value, enumerable: true, configurable: true, writable: true }, // also for a key such as __proto__
    });
  }
}
