import { openSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { requireLine } from "../../src/join/launcher-line.ts";

const test = suite("the connection to the launcher");

test("may be a socket, or not named at all", async () => {
  requireLine({});
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const socket = createConnection(port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
  requireLine({ PMI_FD: String(fd) });
  socket.destroy();
  server.close();
});

test("that npx has closed, or that is something else by now, is an error that says so", () => {
  const file = openSync("/dev/null", "r");
  for (const fd of ["4095", String(file), "", "x", "-1"])
    assert.throws(
      () => requireLine({ PMI_FD: fd }),
      (error: { code?: string; message: string }) =>
        error.code === "MPI_UNAVAILABLE" && error.message.includes("npx"),
      fd,
    );
});

test.run();
