import { basename, dirname } from "node:path";
import { trackerContract } from "@acc/core/testing";
import { suite } from "uvu";
import { subject as offline } from "./contract-subject.ts";
import { KEY, SwanLabServer } from "./swanlab-server.ts";

const test = suite("SwanLab online holds the contract");
const server = await SwanLabServer.start();
process.env.SWANLAB_API_KEY = KEY;
/** The folders of the suite have unique parents. */
const idOf = (folder: string) => basename(dirname(folder));
const subject = {
  ...offline,
  options: (folder: string) => ({ apiHost: server.url, id: idOf(folder), logDir: folder }),
  read: (folder: string, key: string) => {
    const points = server.experiments.get(`contract/${idOf(folder)}`)?.scalars[key] ?? {};
    return Object.entries(points)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, { data }]) => Number(data));
  },
  readMedia: (folder: string) => {
    const { media = {} } = server.experiments.get(`contract/${idOf(folder)}`) ?? {};
    const points = Object.values(media).flatMap((ofKey) => Object.values(ofKey));
    const paths = points.flatMap(({ data }) => data as unknown as string[]);
    return paths.flatMap((path) => server.objects[path] ?? []);
  },
  readMonitored: (folder: string) => {
    const { scalars = {}, logs = [] } = server.experiments.get(`contract/${idOf(folder)}`) ?? {};
    const load = Object.keys(scalars).filter((key) => key.startsWith("__swanlab__."));
    return { load, lines: logs.map(({ message }) => String(message)) };
  },
};
for (const { name, run } of trackerContract(subject)) test(name, run);
test.after(() => server.stop());
test.run();
