/** The page as one file: it asks no server. */
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./app.css";
import { answerHere } from "./api.ts";
import { answersOf, readSnapshot } from "./copy.ts";
import { showCopy } from "./store.ts";
import { App } from "./views/app.tsx";

const snapshot = await readSnapshot("snapshot");
answerHere(answersOf(snapshot));
const root = document.getElementById("app") as HTMLElement;
root.textContent = "";
render(<App />, root);
await showCopy(snapshot.takenMs);
