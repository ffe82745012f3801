import { trackerContract } from "@acc/core/testing";
import { suite } from "uvu";
import { StubServer } from "./stub-server.ts";

const test = suite("MLflow keeps the contract of trackers");
const server = new StubServer();
let uri = "";

test.before(async () => {
  uri = await server.start();
});
test.after(() => server.stop());

const subject = {
  name: "mlflow",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  options: (folder: string) => ({ trackingUri: uri, experimentName: folder }),
  loadMs: 500,
  read(folder: string, key: string): number[] {
    const experiment = server.experiments.get(folder)?.id;
    const [run] = [...server.runs.values()].filter((one) => one.experimentId === experiment);
    const points = (run?.metrics[key] ?? []).map((point) => point.split(" ").map(Number));
    return points.sort(([a = 0], [b = 0]) => a - b).map(([, value = Number.NaN]) => value);
  },
};
for (const { name, run } of trackerContract(subject)) test(name, run);

test.run();
