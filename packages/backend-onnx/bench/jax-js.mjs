/** Prints the milliseconds of a step of the MLP on jax-js: `jax-js.mjs ENTRY STEPS`. */
import { pathToFileURL } from "node:url";

const WARM_UP = 3;
const [entry, steps] = process.argv.slice(2);
const jax = await import(pathToFileURL(entry).href);
const { numpy: np, nn, jit, valueAndGrad } = jax;
await jax.init("wasm");
jax.defaultDevice("wasm");

const layers = [
  [784, 512],
  [512, 256],
  [256, 10],
];
const batch = 128;
const wave = (shape, scale) => {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898) * scale);
  return np.array(values).reshape(shape);
};
let params = layers.map(([inputs, units]) => ({
  w: wave([inputs, units], inputs ** -0.5),
  b: np.zeros([units]),
}));
const labels = new Float32Array(batch * 10);
for (let i = 0; i < batch; i++) labels[i * 10 + (i % 10)] = 1;
const x = wave([batch, 784], 1);
const y = np.array(labels).reshape([batch, 10]);

/** Every argument is consumed, as jax-js counts references. */
const loss = (parameters, inputs, targets) => {
  let h = inputs;
  for (const [i, { w, b }] of parameters.entries()) {
    h = np.matmul(h, w).add(b);
    if (i < 2) h = nn.relu(h);
  }
  return nn
    .logSoftmax(h, -1)
    .mul(targets)
    .sum()
    .mul(-1 / batch);
};
const step = jit((parameters, inputs, targets) => {
  const [value, gradients] = valueAndGrad(loss)(
    parameters.map(({ w, b }) => ({ w: w.ref, b: b.ref })),
    inputs,
    targets,
  );
  const next = parameters.map(({ w, b }, i) => ({
    w: w.sub(gradients[i].w.mul(0.01)),
    b: b.sub(gradients[i].b.mul(0.01)),
  }));
  return [value, next];
});

const times = [];
for (let i = 0; i < WARM_UP + Number(steps); i++) {
  const started = performance.now();
  const [value, next] = step(params, x.ref, y.ref);
  params = await jax.blockUntilReady(next);
  await value.data();
  times.push(performance.now() - started);
}
times.splice(0, WARM_UP);
times.sort((a, b) => a - b);
console.log(times[Math.floor(times.length / 2)]);
