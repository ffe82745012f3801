import { engine } from "@tensorflow/tfjs-core";

type Engine = {
  setBackend(name: string): Promise<boolean>;
  initializeBackendsAndReturnBest(): unknown;
};

const target = engine() as unknown as Partial<Engine>;
const { setBackend, initializeBackendsAndReturnBest } = engine() as unknown as Engine;
let chosen: string | undefined;
/** tfjs chooses a backend itself when the first tensor is made. */
let isAutomatic = false;

/** Records the calls of the script from now until the first `prepare`: tfjs does not record who chose a backend. */
export function watchScriptBackend(): void {
  target.initializeBackendsAndReturnBest = function (this: Engine) {
    isAutomatic = true;
    return initializeBackendsAndReturnBest.call(this);
  };
  target.setBackend = function (this: Engine, name) {
    if (!isAutomatic) chosen = name;
    isAutomatic = false;
    return setBackend.call(this, name);
  };
}

watchScriptBackend();

/** The backend that the script has chosen with `tf.setBackend`. Returned once; later calls are no longer recorded. */
export function takeScriptBackend(): string | undefined {
  delete target.setBackend;
  delete target.initializeBackendsAndReturnBest;
  const taken = chosen;
  chosen = undefined;
  return taken;
}
