/** Installs what the peer tests compare us with, once per machine. `node tools/peers/install.mjs` */
import { installTfjsNode } from "./tfjs-node.mjs";

const PEERS = { "tfjs-node": installTfjsNode };

for (const [name, install] of Object.entries(PEERS)) {
  const started = performance.now();
  const obstacle = await install();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    obstacle ? `peer ${name}: skipped, ${obstacle}` : `peer ${name}: ready, ${seconds} s`,
  );
}
