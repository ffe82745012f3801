import { suite } from "@acc/test-kit/suite";
import { testMovesOverHosts } from "./test-moves-over-hosts.ts";

const moves = suite("moves over hosts");

testMovesOverHosts(moves, [1, 2], [5]);
// A first, a middle and a last host, one of them with several replicas, and a pipeline of chunks.
testMovesOverHosts(moves.slow, [1, 2, 1], [0, 5, 60_001]);

moves.run();
