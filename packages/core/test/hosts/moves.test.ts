import { suite } from "uvu";
import { testMovesOverHosts } from "./test-moves-over-hosts.ts";

const moves = suite("moves over hosts");

// A first, a middle and a last host, one of them with several replicas.
testMovesOverHosts(moves, [1, 2, 1], [0, 5, 60_001]);

moves.run();
