import { suite } from "uvu";
import { surviveKill } from "../../../../tools/peers/faults/faults.mjs";
import { ClearMLServer } from "./clearml-server.ts";
import { faultSubject } from "./fault-subject.ts";

const test = suite("ClearML, when the script is killed");
let server: ClearMLServer;
test.before.each(async () => {
  server = await ClearMLServer.start();
});
test.after.each(() => server.close());

for (let i = 0; i < 20; i++) {
  const afterMs = i * 20;
  test(`loses nothing that was logged when the process is killed after ${afterMs} ms`, () =>
    surviveKill(afterMs, faultSubject(server)));
}

test.run();
