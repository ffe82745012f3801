/** Installs what the peer tests compare us with, once per machine; with an argument, those whose names contain it. */
import { chromiumPath } from "./chromium.ts";
import { installPython, requirementsFiles } from "./python.ts";
import { installTfjsNode } from "./tfjs-node.ts";
import { installTfjsPackages } from "./tfjs-packages.ts";

const peers: Record<string, () => Promise<string | undefined> | string | undefined> = {
  "tfjs-node": installTfjsNode,
  "packages with TensorFlow.js": installTfjsPackages,
  chromium: () => (chromiumPath() ? undefined : "needs the package chromium of the system"),
  ...Object.fromEntries(
    requirementsFiles().map((path) => [`Python for ${path}`, () => installPython(path)]),
  ),
};
const [pattern = ""] = process.argv.slice(2);

for (const [name, install] of Object.entries(peers)) {
  if (!name.includes(pattern)) continue;
  const started = performance.now();
  const obstacle = await install();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    obstacle ? `peer ${name}: skipped, ${obstacle}` : `peer ${name}: ready, ${seconds} s`,
  );
}
