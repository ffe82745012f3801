/** Programs of others, unchanged, on onnx beside TensorFlow.js's cpu backend and its wasm backend with core's kernels. */
import { fileURLToPath } from "node:url";
import { measureFigures, type Program } from "@acc/test-kit/bench/measure";
import { lessIsBetter, median, type Row } from "@acc/test-kit/bench/row";
import { tfjsPackagesFolder } from "@acc/test-kit/peers/tfjs-packages";
import { PROGRAMS } from "./programs.mjs";

const BACKENDS = ["onnx", "wasm", "cpu"] as const;
type Backend = (typeof BACKENDS)[number];
const SCRIPT = fileURLToPath(new URL("./run.mjs", import.meta.url));

/** The rows of each program: CPU time, then wall time, beside the better of both peers. */
export async function* benchPackages(rounds: number): AsyncGenerator<Row> {
  const folder = tfjsPackagesFolder();
  if (folder === undefined) {
    console.log("absent peer: packages with TensorFlow.js");
    return;
  }
  for (const name of Object.keys(PROGRAMS)) {
    const times: Record<Backend, number[][]> = { onnx: [], wasm: [], cpu: [] };
    for (let round = 0; round < rounds; round++) {
      for (const backend of BACKENDS) {
        times[backend].push(await measureFigures(programOf(backend, name, folder)));
      }
    }
    for (const [index, kind] of ["CPU time", "wall time"].entries()) {
      const of = (backend: Backend) =>
        median(times[backend].map((figures) => figures[index] ?? Number.NaN));
      const [onnx, wasm, cpu] = [of("onnx"), of("wasm"), of("cpu")];
      yield lessIsBetter({
        name: `${name}, ${kind}`,
        ...{ unit: "ms", ours: onnx, peer: Math.min(wasm, cpu) },
        peerName: `wasm ${wasm.toFixed(0)}, cpu ${cpu.toFixed(0)}`,
        target: { of: "ratio", atLeast: 1 },
      });
    }
  }
}

/** All draw the same random numbers. */
function programOf(backend: Backend, name: string, folder: string): Program {
  const preload = backend === "onnx" ? ["--import", "@acc/backend-onnx"] : [];
  return {
    command: [process.execPath, "--random-seed=1", ...preload, SCRIPT, backend, name, folder],
    cwd: folder,
    env: { ACC_ONNX_THREADS: "1" },
  };
}
