import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { Service } from "./service.ts";
import { ServiceProject } from "./service-project.ts";

const ENV = { SERVICE_KEY: "k3y" };

/** A new project for each test, the server of its user, and one of somebody who wants the user's key. */
export class Strangers {
  readonly mine: Service = new Service();
  readonly thief: Service = new Service();
  project: ServiceProject = new ServiceProject();

  constructor(test: Test) {
    test.before(() => this.#both("start"));
    test.after(() => this.#both("stop"));
    test.before.each(() => {
      this.project = new ServiceProject();
      for (const service of [this.mine, this.thief]) {
        service.requests = 0;
        service.events.clear();
        service.keys.clear();
      }
    });
  }

  /** The environment of the user. */
  env(more: Record<string, string> = {}): Record<string, string> {
    return { SERVICE_URL: this.mine.url, ...ENV, ...more };
  }

  /** A run that could not be delivered while it was recorded. @returns its folder. */
  async record(more: Record<string, string> = {}): Promise<string> {
    await this.#both("stop");
    const env = this.env({ DELIVERY_TIMEOUT: "0", ...more });
    const { code, stderr } = await this.project.run(["log.mjs"], env);
    await this.#both("start");
    assert.is(code, 0, stderr);
    const runs = join(this.project.folder, "runs/.acc");
    return join(runs, readdirSync(runs).find((name) => name !== ".gitignore") as string);
  }

  async #both(action: "start" | "stop"): Promise<void> {
    await Promise.all([this.mine[action](), this.thief[action]()]);
  }
}

/** The home of somebody else. */
export const strangersHome = (): string => mkdtempSync(join(tmpdir(), "acc-stranger-"));
