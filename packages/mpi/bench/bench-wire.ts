import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { lessIsBetter, type Row } from "@acc/test-kit/bench/row";
import { accLaunch } from "../test/acc-launch.ts";
import { installedMpis } from "../test/installed-mpis.ts";
import { createTwoHosts, jobOnHosts, obstacleToHosts } from "../test/two-hosts.ts";

const REPLICA = fileURLToPath(new URL("./all-reduce-replica.ts", import.meta.url));
const MIB = 2 ** 20;
const CASES = [
  { rate: "100mbit", bytesPerSecond: 12.5e6, mebibytes: 8, replicas: 1, atLeast: 0.9 },
  { rate: "1gbit", bytesPerSecond: 125e6, mebibytes: 16, replicas: 1, atLeast: 0.85 },
  { rate: "1gbit", bytesPerSecond: 125e6, mebibytes: 16, replicas: 2, atLeast: 0.85 },
] as const;
const TIME_LIMIT_MS = 120_000;
/** What `acc launch --mpi` gives Open MPI. */
const OPEN_MPI = [
  ...["--mca", "btl_tcp_eager_limit", "1048576"],
  ...["--mca", "btl_tcp_rndv_eager_limit", "1048576"],
];

/**
 * An all-reduce over two hosts on this machine, joined by a wire of limited speed, beside the time that the bytes of the bucket need on
 * such a wire in one direction. Not run without root or without an MPI.
 */
export function* benchWire(): Generator<Row> {
  const obstacle = obstacleToHosts();
  if (obstacle) console.log(`mpi: not measured, ${obstacle}`);
  for (const mpi of obstacle ? [] : installedMpis) {
    for (const { rate, bytesPerSecond, mebibytes, replicas, atLeast } of CASES) {
      const hosts = createTwoHosts();
      try {
        hosts.shape(rate);
        const program = accLaunch(
          "--num-processes",
          String(2 * replicas),
          REPLICA,
          String(mebibytes * MIB),
        );
        const [first = "", ...args] = jobOnHosts(mpi, hosts, program);
        const at = args.indexOf("-n");
        if (mpi.name === "openmpi") args.splice(at, 0, ...OPEN_MPI);
        const { stdout, stderr } = spawnSync(first, args, {
          encoding: "utf8",
          env: { ...process.env, ...hosts.env },
          timeout: TIME_LIMIT_MS,
        });
        const [, ms] = /median ([\d.]+) ms/.exec(stdout) ?? [];
        if (ms === undefined) throw new Error(`${mpi.name}: ${stdout}${stderr}`);
        yield lessIsBetter({
          name: `all-reduce over 2 hosts x ${replicas}, ${mebibytes} MiB at ${rate}, ${mpi.name}`,
          unit: "ms",
          ours: Number(ms),
          peer: (mebibytes * MIB * 1000) / bytesPerSecond,
          peerName: "the wire, one way",
          target: { of: "ratio", atLeast },
        });
      } finally {
        hosts.remove();
      }
    }
  }
}
