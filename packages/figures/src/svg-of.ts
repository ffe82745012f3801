import * as vega from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import { type JsonObject, Undrawable } from "./drawing.ts";
import { configFor, type Ground, groundOf, withPageStyle } from "./theme.ts";

export type DrawnSvg = { readonly svg: string; readonly width: number; readonly height: number };

/** Beyond it a browser shows nothing. */
const MAX_SIDE = 16_384;
const MAX_CHARACTERS = 32 << 20;

/**
 * Draws a specification of Vega-Lite.
 *
 * @throws {Undrawable} if it asks for data at an address, or is too large.
 * @throws {Error} of Vega for a specification that makes no sense.
 */
export async function svgOf(spec: JsonObject, ground: Ground): Promise<DrawnSvg> {
  const log = firstErrorLog();
  const own = groundOf(spec, ground);
  const source = sized(spec) as unknown as TopLevelSpec;
  const { spec: compiled } = compile(source, { config: configFor(own), logger: log });
  const loader = refusingLoader();
  // Expressions are interpreted, not compiled: what a stranger has recorded is no program here.
  const runtime = vega.parse(compiled, undefined, { ast: true });
  const view = new vega.View(runtime, {
    renderer: "none",
    loader,
    logger: log,
    expr: expressionInterpreter,
  } as vega.ViewOptions);
  try {
    await view.runAsync();
    if (loader.refused !== undefined) {
      throw new Undrawable(`it asks for data at ${loader.refused}, which is not loaded`);
    }
    const svg = await view.toSVG();
    if (log.message !== undefined) throw new Undrawable(`Vega cannot draw it: ${log.message}`);
    return checked(own === "of the page" ? withPageStyle(svg) : svg);
  } finally {
    view.finalize();
  }
}

function checked(svg: string): DrawnSvg {
  const [width, height] = ["width", "height"].map((name) =>
    Number(new RegExp(`^<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1]),
  ) as [number, number];
  const isSound = width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE;
  if (!isSound) throw new Undrawable(`a picture of ${width} × ${height} is too large, or empty`);
  if (svg.length > MAX_CHARACTERS) {
    throw new Undrawable("it has too many marks for a picture; log fewer values, or bin them");
  }
  return { svg, width, height };
}

/** There is no page whose width it could have. */
function sized(spec: JsonObject): JsonObject {
  const { width, height } = spec;
  return {
    ...spec,
    ...(width === "container" && { width: 600 }),
    ...(height === "container" && { height: 400 }),
  };
}

/** Vega's own loader reads any file and any address that a specification names. */
function refusingLoader(): vega.Loader & { refused?: string } {
  const loader: vega.Loader & { refused?: string } = {
    load: refuse,
    http: refuse,
    file: refuse,
    sanitize: async (uri: string) => {
      // A link or an image at an address is drawn without it.
      const isPart = /^data:image\/(png|jpeg|gif|webp);base64,/.test(uri);
      return { href: isPart ? uri : "" };
    },
  };
  return loader;

  async function refuse(uri: string): Promise<string> {
    loader.refused ??= uri.slice(0, 200);
    throw new Error("nothing is loaded");
  }
}

/** Vega goes on after an error, with a part of the figure. */
function firstErrorLog(): vega.LoggerInterface & { readonly message?: string } {
  const log: vega.LoggerInterface & { message?: string } = {
    level: () => log,
    error: (...parts) => {
      log.message ??= parts
        .map((part) => (part instanceof Error ? part.message : String(part)))
        .join(" ");
      return log;
    },
    warn: () => log,
    info: () => log,
    debug: () => log,
  } as vega.LoggerInterface;
  return log;
}
