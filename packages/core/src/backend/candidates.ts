import { loadOnnx, ONNX_PACKAGE } from "./onnx.ts";
import { loadTensorFlow } from "./tensorflow.ts";
import { TENSORFLOW_PACKAGES, type TensorFlowName } from "./tensorflow-package.ts";

/** `"auto"` takes the first of the others that works. */
export type BackendName = "auto" | TensorFlowName | "onnx" | "wasm" | "cpu";

export type Candidate = {
  readonly name: Exclude<BackendName, "auto">;
  /** What tfjs calls it. */
  readonly tfjsName: string;
  /**
   * Registers the backend and what we add to it. Imports it only now: registering alone changes tfjs's
   * default. Returns what the user should know about it.
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
      const { registerTrainingKernels } = await import("./wasm/register-training-kernels.ts");
      registerTrainingKernels();
      return undefined;
    },
    advice: "Install it with: npm install @tensorflow/tfjs-backend-wasm@4.22",
  },
  {
    name: "cpu",
    tfjsName: "cpu",
    load: async () => {
      await import("@tensorflow/tfjs-backend-cpu");
      return undefined;
    },
    advice: "Install it with: npm install @tensorflow/tfjs-backend-cpu@4.22",
  },
];

function tensorflow(name: TensorFlowName): Candidate {
  return {
    name,
    tfjsName: "tensorflow",
    load: (scriptUrl) => loadTensorFlow(name, scriptUrl),
    advice: `Install it with: npm install ${TENSORFLOW_PACKAGES[name]} (it downloads TensorFlow)`,
  };
}
