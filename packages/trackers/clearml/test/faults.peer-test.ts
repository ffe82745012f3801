import { suite } from "uvu";
import { FAULTS, surviveFault } from "../../../../tools/peers/faults/faults.mjs";
import { ClearMLServer } from "./clearml-server.ts";
import { faultSubject } from "./fault-subject.ts";

const test = suite("ClearML, when its service fails");
let server: ClearMLServer;
test.before.each(async () => {
  server = await ClearMLServer.start();
});
test.after.each(() => server.close());

for (const fault of Object.keys(FAULTS)) {
  test(`loses nothing when it ${fault}`, () => surviveFault(fault, faultSubject(server)));
}
test.run();
