/** Two hosts on one machine: network namespaces with a wire between them, and an agent that "logs in" to them. Needs root. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasPrograms } from "@acc/test-kit/run-command";
import { type InstalledMpi, openMpi } from "./installed-mpis.ts";

export type TwoHosts = {
  readonly names: readonly [string, string];
  /** The command that runs a program on the first host, where a user would call mpiexec. */
  readonly onFirst: readonly string[];
  /** Variables for the launcher: how it reaches the other host, and that nothing but the wire may be used. */
  readonly env: NodeJS.ProcessEnv;
  /** Bytes that the first host has sent to the other. */
  sent(): number;
  /** Limits the wire, such as to "100mbit", in both directions. */
  shape(rate: string): void;
  /** Cuts the wire. */
  cut(): void;
  remove(): void;
};

/** Why this machine cannot have two hosts; undefined if it can. */
export function obstacleToHosts(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  if (!hasPrograms("ip", "unshare", "tc")) return "needs iproute2";
  return undefined;
}

let count = 0;

export function createTwoHosts(): TwoHosts {
  const id = `${process.pid % 100_000}${count++}`;
  const names = [`accA${id}`, `accB${id}`] as const;
  const wires = [`vA${id}`, `vB${id}`] as const;
  const subnet = `10.${77 + (process.pid % 100)}.${count}`;
  const folder = mkdtempSync(join(tmpdir(), "acc-hosts-"));
  const addresses = `127.0.0.1 localhost\n${subnet}.1 ${names[0]}\n${subnet}.2 ${names[1]}\n`;
  for (const name of names) run("ip", "netns", "add", name);
  run("ip", "link", "add", wires[0], "type", "veth", "peer", "name", wires[1]);
  for (const [index, name] of names.entries()) {
    const wire = wires[index] ?? "";
    run("ip", "link", "set", wire, "netns", name);
    run("ip", "-n", name, "addr", "add", `${subnet}.${index + 1}/24`, "dev", wire);
    run("ip", "-n", name, "link", "set", wire, "up");
    run("ip", "-n", name, "link", "set", "lo", "up");
    mkdirSync(`/etc/netns/${name}`, { recursive: true });
    writeFileSync(`/etc/netns/${name}/hosts`, addresses);
  }
  const agent = join(folder, "agent");
  writeFileSync(
    agent,
    `#!/bin/bash\nwhile [[ "$1" == -* ]]; do shift; done\nhost=$1; shift\n` +
      `exec ip netns exec "$host" unshare --uts bash -c "hostname $host; $*"\n`,
  );
  chmodSync(agent, 0o755);
  return {
    names,
    onFirst: [
      ...["ip", "netns", "exec", names[0], "unshare", "--uts", "bash", "-c"],
      ...[`hostname ${names[0]}; exec "$@"`, "bash"],
    ],
    env: {
      HYDRA_LAUNCHER: "ssh",
      HYDRA_LAUNCHER_EXEC: agent,
      PRTE_MCA_plm_ssh_agent: agent,
      PRTE_MCA_oob_tcp_if_include: `${subnet}.0/24`,
      // Both hosts are one kernel: without this, messages would go through its memory.
      UCX_TLS: "tcp,self",
      OMPI_MCA_btl: "tcp,self",
      OMPI_MCA_btl_tcp_if_include: `${subnet}.0/24`,
    },
    sent: () => {
      const [table = ""] = [run("ip", "netns", "exec", names[0], "cat", "/proc/net/dev")];
      const line = table.split("\n").find((text) => text.includes(`${wires[0]}:`)) ?? "";
      return Number(line.trim().split(/[:\s]+/)[9]);
    },
    shape: (rate) => {
      for (const [index, name] of names.entries()) {
        const limits = ["tbf", "rate", rate, "burst", "256kb", "latency", "200ms"];
        run(
          "ip",
          "netns",
          "exec",
          name,
          "tc",
          "qdisc",
          "replace",
          "dev",
          wires[index] ?? "",
          "root",
          ...limits,
        );
      }
    },
    cut: () => void run("ip", "-n", names[0], "link", "set", wires[0], "down"),
    remove: () => {
      for (const name of names) {
        spawnSync("ip", ["netns", "del", name]);
        rmSync(`/etc/netns/${name}`, { recursive: true, force: true });
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The command that runs a program on both hosts, one process each. */
export function jobOnHosts(
  mpi: InstalledMpi,
  hosts: TwoHosts,
  program: readonly string[],
): string[] {
  const places =
    mpi === openMpi
      ? ["--host", hosts.names.map((name) => `${name}:1`).join(","), "--map-by", "ppr:1:node"]
      : ["-hosts", hosts.names.join(","), "-ppn", "1"];
  const local = mpi.localArguments.filter((argument) => argument !== "--oversubscribe");
  return [...hosts.onFirst, mpi.mpiexec, ...local, ...places, "-n", "2", ...program];
}

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout;
}
