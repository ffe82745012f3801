import type { ContractSubject } from "@acc/core/testing";
import { StubServer } from "./stub-server.ts";

export const server = await StubServer.start();

/**
 * Values of a metric of the run that was written last, by step. Aim holds one value per step, and says so; what was
 * there before counts here.
 */
function read(_folder: string, key: string): number[] {
  const written = server.points.flatMap(([path, value]) => {
    const [, version, , hash, , name, column] = JSON.parse(path) as string[];
    return version === "v2" ? [{ hash, name, column, value: JSON.parse(value) as string }] : [];
  });
  const { hash } = written.at(-1) ?? {};
  const points = written.filter((entry) => entry.hash === hash && entry.name === key);
  const columnOf = (column: string) =>
    points.filter((point) => point.column === column).map(({ value }) => Number.parseFloat(value));
  const steps = columnOf("step");
  return columnOf("val")
    .map((value, index) => ({ step: steps[index] ?? Number.NaN, value }))
    .sort((a, b) => a.step - b.step)
    .map(({ value }) => value);
}

/** The points of the run that was written last; its first and last values are beside them. */
function readMedia(): Uint8Array[] {
  const written = [...server.audio].map(([path, bytes]) => ({
    path: JSON.parse(path) as string[],
    bytes,
  }));
  const points = written.filter(({ path }) => path[0] === "seqs");
  const hash = points.at(-1)?.path[2];
  return points.filter(({ path }) => path[2] === hash).map(({ bytes }) => bytes);
}

export const subject: ContractSubject = {
  name: "aim",
  moduleUrl: new URL("../src/index.ts", import.meta.url).href,
  options: () => ({ repo: server.url }),
  read,
  readMedia,
  mediaKinds: ["audio"],
  loadMs: 500, // the stub keeps everything, in this process
};
