import { suite } from "uvu";
import { testMovesOverHosts } from "./test-moves-over-hosts.ts";

const moves = suite("moves over hosts");

const FEW = [0, 5, 60_001];
testMovesOverHosts(moves, [1, 2], FEW);
testMovesOverHosts(moves, [1, 1, 1], FEW);

moves.run();
