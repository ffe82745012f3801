import { suite } from "uvu";
import { FAULTS, testWrongCursors } from "./undelivered.ts";

const test = suite("acc sync with many cursors that do not fit");

testWrongCursors(test, FAULTS);

test.run();
