/** Installs what the peer tests compare us with, once per machine. `node tools/peers/install.mjs [PATTERN]` */
import { chromiumPath } from "./chromium.mjs";
import { installPython, requirementsFiles } from "./python.mjs";
import { installTfjsNode } from "./tfjs-node.mjs";

const peers = {
  "tfjs-node": installTfjsNode,
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
