import { suite } from "uvu";
import { WAYS } from "./service-project.ts";
import { testKills } from "./test-kills.ts";

const test = suite("acc sync after a series of kills");

for (const way of Object.keys(WAYS)) testKills(test, way, 10);

test.run();
