/**
 * The programs, by name. Each loads its package and returns the function that is measured; the function may return the CPU and
 * wall time of a step instead.
 */

import { readFileSync } from "node:fs";

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const POINTS = 300;
const GPT_STEPS = 90;
/** The steps that are measured: those after the graphs are compiled. */
const GPT_MEASURED = 30;

export const PROGRAMS = {
  "gpt-tfjs, sort": gpt,
  "hidden-markov-model-tf, sampling": hiddenMarkovModel,
  "scikitjs, k-means": scikit((sk, x) => new sk.KMeans({ nClusters: 3, randomState: 1 }).fit(x)),
  "scikitjs, linear": scikit((sk, x, y) => new sk.LinearRegression().fit(x, y)),
  "scikitjs, ridge": scikit((sk, x, y) => new sk.RidgeRegression().fit(x, y)),
  "scikitjs, lasso": scikit((sk, x, y) => new sk.LassoRegression().fit(x, y)),
  "scikitjs, linear SVC": scikit((sk, x, _, c) => new sk.LinearSVC().fit(x, c)),
  "scikitjs, logistic": scikit((sk, x, _, c) => new sk.LogisticRegression().fit(x, c)),
  "rl-ts, PPO on cart-pole": ppo,
  "tfjs-examples, snake-dqn": snake,
  "tfjs-examples, lstm-text-generation": textGeneration,
  "tfjs-examples, abalone-node": abalone,
};

function gpt(require) {
  const { createDataset } = require("gpt-tfjs/projects/sort/sort.js");
  const { model } = require("gpt-tfjs");
  return async () => {
    const sizes = { nLayer: 3, nHead: 3, nEmbd: 48, vocabSize: 3, blockSize: 11 };
    const network = model.GPTLMHeadModel({ ...sizes, dropout: 0.1, debug: false });
    const times = [];
    const walls = [];
    let [before, beforeAt] = [process.cpuUsage(), performance.now()];
    const measureStep = async () => {
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
      walls.push(performance.now() - beforeAt);
      [before, beforeAt] = [process.cpuUsage(), performance.now()];
    };
    const callbacks = [measureStep];
    await network.train(createDataset("train"), { epochs: 100, maxIter: GPT_STEPS, callbacks });
    return [times, walls].map((all) => median(all.slice(-GPT_MEASURED)));
  };
}

function hiddenMarkovModel(require, tf) {
  const HMM = require("hidden-markov-model-tf/lib/hmm.js");
  const { config, input } = require("hidden-markov-model-tf/test/sample.json");
  const { states, dimensions, observations, time } = config;
  return async () => {
    const hmm = new HMM({ states, dimensions });
    const [pi, A] = [tf.tensor(input.pi), tf.tensor(input.A)];
    const [mu, Sigma] = [tf.tensor(input.mu), tf.tensor(input.Sigma)];
    await hmm.setParameters({ pi, A, mu, Sigma });
    const { emissions } = hmm.sample({ observations, time, seed: 1 });
    const { converged } = await hmm.fit(emissions, { seed: 1 });
    if (!converged) throw new Error("The model did not converge.");
  };
}

/** What the package's example of PPO does, for fewer and shorter epochs. */
function ppo(require) {
  const RL = require("rl-ts");
  return async () => {
    RL.random.seed(0);
    const makeEnv = () => new RL.Environments.Examples.CartPole();
    const { observationSpace, actionSpace } = makeEnv();
    const actorCritic = new RL.Models.MLPActorCritic(observationSpace, actionSpace, [24, 48]);
    const actionToTensor = (action) => action.argMax(1);
    const agent = new RL.Algos.PPO(makeEnv, actorCritic, { actionToTensor });
    const sizes = { steps_per_epoch: 400, train_pi_iters: 20, train_v_iters: 40 };
    await agent.train({ ...sizes, epochs: 4, verbosity: "fatal" });
  };
}

function scikit(fit) {
  return (require, tf) => {
    const sk = require("scikitjs");
    sk.setBackend(tf);
    const points = Array.from({ length: POINTS }, () => [0, 0, 0].map(() => Math.random()));
    const values = points.map(([a, b, c]) => 2 * a - b + 0.5 * c + 0.1 * Math.random());
    const classes = points.map(([a, b]) => (a + b > 1 ? 1 : 0));
    return async () => {
      await fit(sk, points, values, classes);
    };
  };
}

/** What `snake-dqn/train.js` does, for a few frames: the cpu backend needs seconds for each. */
function snake(require, tf) {
  useModules(require);
  const { SnakeGame } = require("./tfjs-examples/snake-dqn/snake_game.js");
  const { SnakeGameAgent } = require("./tfjs-examples/snake-dqn/agent.js");
  return async () => {
    const game = new SnakeGame({ height: 9, width: 9, numFruits: 1, initLen: 2 });
    const epsilons = { epsilonInit: 0.5, epsilonFinal: 0.01, epsilonDecayFrames: 1e5 };
    const options = { replayBufferSize: 50, ...epsilons, learningRate: 1e-3 };
    const agent = new SnakeGameAgent(game, options);
    for (let i = 0; i < 50; i++) agent.playStep();
    const optimizer = tf.train.adam(1e-3);
    for (let i = 0; i < 5; i++) {
      agent.trainOnReplayBatch(8, 0.99, optimizer);
      agent.playStep();
    }
  };
}

/** What `lstm-text-generation/train_node.js` does, for one small epoch on a page of text. */
function textGeneration(require) {
  useModules(require);
  const { TextData } = require("./tfjs-examples/lstm-text-generation/data.js");
  const text = require("./tfjs-examples/lstm-text-generation/model.js");
  const page = readFileSync(require.resolve("gpt-tfjs/README.md"), "utf8");
  return async () => {
    const data = new TextData("text", page, 40, 3);
    const model = text.createModel(data.sampleLen(), data.charSetSize(), 64);
    text.compileModel(model, 1e-2);
    const [, seed] = data.getRandomSlice();
    await text.fitModel(model, data, 2, 640, 32, 0.0625, {});
    await text.generateText(model, data, seed, 40, 0.5);
  };
}

/** What `abalone-node/train.js` does, for fewer epochs and without the download of its file. */
function abalone(require) {
  const createDataset = require("./tfjs-examples/abalone-node/data.js");
  const createModel = require("./tfjs-examples/abalone-node/model.js");
  return async () => {
    const { dataset, numOfColumns } = await createDataset(
      "file://./tfjs-examples/abalone-node/abalone.csv",
    );
    const batches = dataset.shuffle(1000).batch(500);
    const model = createModel([numOfColumns]);
    const validationData = batches.skip(7);
    await model.fitDataset(batches.take(7), { epochs: 2, validationData, verbose: 0 });
  };
}

/** Files that are ES modules in folders of CommonJS, as the examples' own `babel-node` reads them. */
function useModules(require) {
  const env = require.resolve("@babel/preset-env");
  const presets = [[env, { targets: { node: "current" } }]];
  require("@babel/register")({ presets, only: [/tfjs-examples/], cache: false });
}
