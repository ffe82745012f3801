import { loadOnnx, ONNX_PACKAGE } from "./onnx.ts";
import { loadTensorFlow } from "./tensorflow.ts";
import { TENSORFLOW_PACKAGES, type TensorFlowName } from "./tensorflow-package.ts";

/** `"auto"` takes the first of the others that works. */
export type BackendName = "auto" | TensorFlowName | "onnx" | "wasm" | "cpu";

export type Candidate = {
  readonly name: Exclude<BackendName, "auto">;
  /** Its name in tfjs. */
  readonly tfjsName: string;
  /**
   * Registers the backend and our additions to it. Imports it only when called, because registering a backend changes
   * the default of tfjs. Returns what the user should know about it.
   */
  load(scriptUrl: string | undefined): Promise<string | undefined>;
  /** What a user can do when it does not load. */
  readonly advice: string;
};

/** In order of preference. */
export const CANDIDATES: readonly Candidate[] = [
  tensorflow("tensorflow-gpu"),
  tensorflow("tensorflow"),
  {
    name: "onnx",
    tfjsName: "onnx",
    load: loadOnnx,
    advice: `Install it with: npm install ${ONNX_PACKAGE}`,
  },
  {
    name: "wasm",
    tfjsName: "wasm",
    load: async () => {
      await import("@tensorflow/tfjs-backend-wasm");
      const { openWasm } = await import("./open-wasm.ts");
      openWasm();
      return undefined;
    },
    advice: "Install it with: npm install @tensorflow/tfjs-backend-wasm@4.22",
  },
  {
    name: "cpu",
    tfjsName: "cpu",
    load: async () => {
      await loadCpu();
      return undefined;
    },
    advice: "Install it with: npm install @tensorflow/tfjs-backend-cpu@4.22",
  },
];

async function loadCpu(): Promise<void> {
  await import("@tensorflow/tfjs-backend-cpu");
  const { registerCpuKernels } = await import("./cpu/register-cpu-kernels.ts");
  registerCpuKernels();
}

function tensorflow(name: TensorFlowName): Candidate {
  return {
    name,
    tfjsName: "tensorflow",
    load: (scriptUrl) => loadTensorFlow(name, scriptUrl),
    advice: `Install it with: npm install ${TENSORFLOW_PACKAGES[name]} (it downloads TensorFlow)`,
  };
}
