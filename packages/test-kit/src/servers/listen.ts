import { once } from "node:events";
import type { Server } from "node:net";

// Below the ports that systems give to connections and to `listen(0)` (Linux from 32768, others from 49152):
// nobody takes such a port while its server is down, so the server can come back at its address.
const FIRST = 20_000;
const COUNT = 12_000;
const ATTEMPTS = 50;

/**
 * Listens on loopback at `port`, where the server was before, or at a free port of its own.
 *
 * @returns the port.
 */
export async function listen(server: Server, port = 0): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const tried = port || FIRST + Math.floor(Math.random() * COUNT);
    const listening = once(server, "listening");
    server.listen(tried, "127.0.0.1");
    try {
      await listening;
      return tried;
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (port || !isTaken || attempt === ATTEMPTS) throw error;
    }
  }
}
