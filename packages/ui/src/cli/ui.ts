import { randomBytes } from "node:crypto";
import {
  type Command,
  EXIT,
  numberOption,
  type OptionValues,
  oneOperand,
  printLines,
  requireFolder,
} from "@acc/core/command";
import { AcceleratorError } from "@acc/core/tracker";
import { type Library, openLibrary } from "../index/library.ts";
import { type PageServer, type PageServerOptions, servePage } from "../server/server.ts";
import { openBrowser } from "./open-browser.ts";

const FIRST_PORT = 7007;
/** Ports that are tried until one is free; then any. */
const NUM_PORTS = 20;
const MAX_PORT = 65_535;
const TOKEN_BYTES = 16;
/** Less than this can be guessed. */
const MIN_TOKEN_LENGTH = 16;

/** `acc ui`: a page over the runs below a directory. */
export const uiCommand: Command = {
  name: "ui",
  summary: "shows the runs below a directory as a page, live while they train",
  operands: "[DIRECTORY]",
  options: {
    port: {
      ...{ type: "string", value: "N" },
      help: `the port on 127.0.0.1; by default ${FIRST_PORT}, or the next that is free`,
    },
    "no-open": { type: "boolean", help: "do not open a browser" },
    token: {
      ...{ type: "string", value: "TEXT" },
      help: "what the address must have, instead of a new random one",
    },
    "host-name": {
      ...{ type: "string", value: "NAME" },
      help: "a name besides localhost by which the page may be asked for, behind a proxy",
    },
    memory: { type: "string", value: "MB", help: "most memory for points, by default 512" },
  },
  async run(values, operands, signal) {
    const directory = oneOperand("acc ui", operands);
    requireFolder("acc ui", directory);
    const port = portOption(values);
    const guard = { token: tokenOption(values), hostNames: hostNames(values) };
    const memoryMb = numberOption(values, "memory");
    const library = await openLibrary(directory, memoryMb === undefined ? {} : { memoryMb });
    try {
      const server = await serve(library, port, guard);
      try {
        const address = `http://127.0.0.1:${server.port}/#token=${guard.token}`;
        printLines([`Runs below ${directory}: ${address}`, ...advice(server.port)]);
        if (values["no-open"] !== true) openBrowser(address);
        await aborted(signal);
      } finally {
        await server.close();
      }
    } finally {
      await library.close();
    }
    // Ctrl-C is how a page ends.
    return EXIT.done;
  },
};

async function serve(
  library: Library,
  port: number | undefined,
  guard: Omit<PageServerOptions, "port">,
): Promise<PageServer> {
  const ports =
    port === undefined
      ? Array.from({ length: NUM_PORTS }, (_, index) => FIRST_PORT + index)
      : [port];
  for (const tried of ports) {
    try {
      return await servePage(library, { ...guard, port: tried });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
      if (port === undefined) continue;
      const reason = code === "EACCES" ? "may not be used by you" : "is taken by another program";
      throw new AcceleratorError(
        "OPTION_INVALID",
        `acc ui: port ${port} ${reason}. Name another, or leave --port out to get a free one.`,
      );
    }
  }
  return await servePage(library, { ...guard, port: 0 });
}

/** How to see the page from the computer that somebody sits at. */
function advice(port: number): string[] {
  if (process.env.SSH_CONNECTION === undefined) return [];
  return [
    `From your own computer: ssh -L ${port}:127.0.0.1:${port} this-host, then the same address.`,
  ];
}

function portOption(values: OptionValues): number | undefined {
  const port = numberOption(values, "port");
  if (port === undefined) return undefined;
  if (Number.isInteger(port) && port >= 0 && port <= MAX_PORT) return port;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `--port must be a whole number from 0 (any free port) to ${MAX_PORT}, got ${values.port}.`,
  );
}

function tokenOption({ token }: OptionValues): string {
  if (token === undefined) return randomBytes(TOKEN_BYTES).toString("hex");
  if (typeof token === "string" && /^[\w-]+$/.test(token) && token.length >= MIN_TOKEN_LENGTH) {
    return token;
  }
  throw new AcceleratorError(
    "OPTION_INVALID",
    `--token needs at least ${MIN_TOKEN_LENGTH} letters, digits, "-" or "_": whoever guesses it sees the runs.`,
  );
}

function hostNames({ "host-name": name }: OptionValues): string[] {
  if (name === undefined) return [];
  if (typeof name === "string" && /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(name)) {
    return [name.toLowerCase()];
  }
  throw new AcceleratorError(
    "OPTION_INVALID",
    `--host-name needs a name such as gpu-box.example.com, without a port; got "${name}".`,
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
