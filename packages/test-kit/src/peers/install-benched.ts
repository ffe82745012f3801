/** Installs what the benches of the onnx backend compare us with, once per machine. */
import { installJaxJs } from "./jax-js.ts";
import { installPython, requirementsFiles } from "./python.ts";
import { installTfjsPackages } from "./tfjs-packages.ts";
import { installTorch } from "./torch.ts";

const peers = {
  PyTorch: installTorch,
  "jax-js": installJaxJs,
  "packages with TensorFlow.js": installTfjsPackages,
  ...Object.fromEntries(
    requirementsFiles("packages/mpi/").map((path) => [path, () => installPython(path)]),
  ),
};
for (const [name, install] of Object.entries(peers)) {
  const obstacle = await install();
  console.log(obstacle ? `peer ${name}: absent, ${obstacle}` : `peer ${name}: ready`);
}
