import type { ContractSubject } from "@acc/core/testing";
import { StubServer } from "./stub-server.ts";

export const server = new StubServer();
const uri = await server.start();

export const subject: ContractSubject = {
  name: "mlflow",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  options: (folder: string) => ({ trackingUri: uri, experimentName: folder }),
  readMedia: (folder) => {
    const experiment = server.experiments.get(folder)?.id;
    const paths = [...server.artifacts].filter(([path]) => path.startsWith(`${experiment}/`));
    return paths.map(([, bytes]) => bytes);
  },
  loadMs: 500,
  read(folder: string, key: string): number[] {
    const points = (metricsOf(folder)[key] ?? []).map((point) => point.split(" ").map(Number));
    return points.sort(([a = 0], [b = 0]) => a - b).map(([, value = Number.NaN]) => value);
  },
  readMonitored: (folder: string) => ({
    load: Object.keys(metricsOf(folder)).filter((key) => key.startsWith("system/")),
    lines: [],
  }),
};

function metricsOf(folder: string): Readonly<Record<string, string[]>> {
  const experiment = server.experiments.get(folder)?.id;
  const [run] = [...server.runs.values()].filter((one) => one.experimentId === experiment);
  return run?.metrics ?? {};
}
