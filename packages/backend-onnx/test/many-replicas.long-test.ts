import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leaveNothing } from "./many-replicas.ts";

const test = suite("90 replicas that train");

test("leave no thread, no file, no handle and no session behind", async () => {
  assert.equal(await leaveNothing(45, 20, ["succeed"]), { succeed: ["true,true"] });
});

test.run();
