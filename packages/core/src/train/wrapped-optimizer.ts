import { Optimizer } from "@tensorflow/tfjs-core";
import { learningRateOf, setLearningRate } from "../schedule/learning-rate.ts";

/** An optimizer around a `tf.train` optimizer, which has the state: saving a compiled model asks for it. */
export abstract class WrappedOptimizer extends Optimizer {
  /** The optimizer that was prepared. */
  readonly optimizer: Optimizer;

  constructor(optimizer: Optimizer) {
    super();
    this.optimizer = optimizer;
  }

  get learningRate(): number {
    return learningRateOf(this.optimizer);
  }

  set learningRate(value: number) {
    setLearningRate(this.optimizer, value);
  }

  /** How many times the `tf.train` optimizer has updated variables. */
  override get iterations(): number {
    return this.optimizer.iterations;
  }

  override getWeights(): ReturnType<Optimizer["getWeights"]> {
    return this.optimizer.getWeights();
  }

  override setWeights(values: Parameters<Optimizer["setWeights"]>[0]): Promise<void> {
    return this.optimizer.setWeights(values);
  }

  override saveIterations(): ReturnType<Optimizer["saveIterations"]> {
    return this.optimizer.saveIterations();
  }

  override getConfig(): ReturnType<Optimizer["getConfig"]> {
    return this.optimizer.getConfig();
  }

  override getClassName(): string {
    return this.optimizer.getClassName();
  }

  /** Disposes the state; the variables that it updates stay. */
  override dispose(): void {
    this.optimizer.dispose();
  }
}
