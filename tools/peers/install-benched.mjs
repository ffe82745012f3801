/** Installs what the benches of the onnx backend compare us with, once per machine. */
import { installJaxJs } from "./jax-js.mjs";
import { installTorch } from "./torch/install.mjs";

for (const [name, install] of Object.entries({ PyTorch: installTorch, "jax-js": installJaxJs })) {
  const obstacle = await install();
  console.log(obstacle ? `peer ${name}: absent, ${obstacle}` : `peer ${name}: ready`);
}
