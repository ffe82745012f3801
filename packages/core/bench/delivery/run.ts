/** Prints the milliseconds of the loop beside a service in a mode. `run.ts MODE`; without a mode there is no tracker. */
import { createServer, type ServerResponse } from "node:http";
import { listen } from "@acc/test-kit/servers/listen";
import { launch } from "../../src/index.ts";

const ANSWERS: Record<string, (response: ServerResponse) => void> = {
  well: (response) => response.end("ok"),
  slow: (response) => setTimeout(() => response.end("ok"), 1000),
  failing: (response) => response.writeHead(503).end(),
  hanging: () => {},
};

const [mode = ""] = process.argv.slice(2);
const server = createServer((request, response) => {
  request.resume().on("end", () => ANSWERS[mode]?.(response));
});
const port = await listen(server);
if (mode === "down") await new Promise((resolve) => server.close(resolve));
process.env.SERVICE_URL = `http://127.0.0.1:${port}`;
const script = new URL("./loop.ts", import.meta.url);
const args = [mode === "" ? [] : ["service"]];
const [elapsed] = await launch<number>(script, { numProcesses: 1, args });
server.closeAllConnections();
server.close();
console.log(elapsed);
