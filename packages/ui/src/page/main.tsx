import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./app.css";
import { takeToken } from "./api.ts";
import { start } from "./store.ts";
import { App } from "./views/app.tsx";

takeToken();
const root = document.getElementById("app") as HTMLElement;
root.textContent = "";
render(<App />, root);
start();
