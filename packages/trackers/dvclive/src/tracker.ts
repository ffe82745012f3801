import { basename } from "node:path";
import {
  AcceleratorError,
  type DeliveredEvent,
  PostingTracker,
  type TrackerCreation,
  type TrackerState,
} from "@acc/core/tracker";
import {
  drawFigures,
  type FigurePictures,
  LeftOut,
  recordEvents,
  savedPath,
  whenWritable,
} from "@acc/tracker-kit";
import { saveExperiment } from "./client/experiment.ts";
import { Live } from "./native/live.ts";
import type { DvcLiveOptions } from "./options.ts";
import { RunFolder } from "./run-folder.ts";
import { Sink } from "./sink.ts";
import { type LiveState, newState } from "./state.ts";
import { DvcLiveTranslator } from "./translate.ts";

/** What `finish` records. */
const END: DeliveredEvent = { type: "call", method: "end", args: [], context: {}, sequence: 0 };

type Opened = { readonly sink: Sink; readonly state: LiveState };

/**
 * Writes a run as DVCLive does: `dvclive/plots`, `metrics.json` and `params.yaml`, entries of `dvc.yaml`, and at the end a
 * DVC experiment.
 *
 * It delivers, although it writes local files: the state holds the length of each file, so a process that continues
 * after a crash cuts off the rows of an unfinished delivery and writes every row once.
 */
export class DvcLiveTracker extends PostingTracker {
  readonly name = "dvclive";
  readonly requiresLoggingDirectory = false;
  /** The native object, with the calls of Python's `Live`. */
  readonly tracker: Live;
  readonly #creation: TrackerCreation;
  readonly #options: DvcLiveOptions;
  readonly #leftOut: LeftOut;
  /** The state from which this process continues. */
  readonly #saved: LiveState;
  #opened: Opened | undefined;

  /** @throws {AcceleratorError} `OPTION_INVALID` for a `dvcyaml` that DVC would not read. */
  constructor(creation: TrackerCreation) {
    const { run } = creation;
    super((event) => run.post(event));
    this.#creation = creation;
    this.#options = creation.options as DvcLiveOptions;
    requireDvcYaml(this.#options);
    this.#leftOut = new LeftOut("DVCLive", (message) => run.warn(message));
    const saved = run.state as LiveState | undefined;
    this.#saved = saved ?? newState(this.#placesOf(new RunFolder(process.cwd(), this.#options)));
    this.tracker = new Live(
      (event) => this.postEvent(event),
      () => this.#opened?.state.step ?? 0,
    );
  }

  /** Saves the location of the run, because `acc sync` may be called anywhere. `deliver` writes the files. */
  override async start(): Promise<void> {
    await this.#creation.run.save(this.#saved);
  }

  override async deliver(events: readonly DeliveredEvent[], signal?: AbortSignal): Promise<void> {
    const pictures = await drawFigures(events, "png", signal ? { signal } : {});
    await this.#record(events, pictures);
  }

  override state(): TrackerState | undefined {
    return this.#opened?.state;
  }

  override async finish(): Promise<void> {
    if ((this.#opened?.state ?? this.#saved).isFinished) return;
    const { projectName, run } = this.#creation;
    const { sink, state } = await this.#record([END]);
    await whenWritable("The files of DVCLive", () => sink.close(state));
    this.#leftOut.report();
    await saveExperiment({
      folder: sink.folder,
      options: this.#options,
      toAdd: state.toAdd,
      defaultName: `${projectName}-${run.id.slice(0, 8)}`,
      warn: (message) => run.warn(message),
    });
    this.#opened = { sink, state: { ...state, isFinished: true } };
    await run.save(this.#opened.state);
  }

  #record(
    events: readonly DeliveredEvent[],
    pictures: FigurePictures = new Map(),
  ): Promise<Opened> {
    return whenWritable("The files of DVCLive", async () => {
      const { sink, state } = await this.#open();
      const next = await recordEvents(
        events,
        {
          state: { ...state, isFinished: false },
          translator: (draft, leaveOut) =>
            new DvcLiveTranslator(draft, {
              folder: sink.folder.nameInDvcYaml,
              autoNextStep: this.#options.autoNextStep !== false,
              pictures,
              leaveOut,
            }),
          leftOut: this.#leftOut,
        },
        ({ operations }) => sink.send(operations),
      );
      this.#opened = { sink, state: next };
      return this.#opened;
    });
  }

  async #open(): Promise<Opened> {
    if (this.#opened) return this.#opened;
    const { run } = this.#creation;
    const state = structuredClone(this.#saved);
    const folder = RunFolder.of(state, this.#options, run.folder);
    Object.assign(state, this.#placesOf(folder));
    if (state.isPrepared) await folder.verify(state);
    else {
      const { resume = process.env.DVCLIVE_RESUME?.toLowerCase() === "true" } = this.#options;
      const fault = resume ? await folder.resume(state) : await folder.clear();
      if (fault) run.warn(`${folder.path}/metrics.json is damaged and made anew: ${fault}`);
      // Saved before the first row: a later process must know how long the files were.
      state.isPrepared = true;
      await run.save(state);
    }
    this.#opened = { sink: new Sink(folder, (message) => run.warn(message)), state };
    return this.#opened;
  }

  #placesOf({ root, path }: RunFolder): Pick<LiveState, "root" | "folder"> {
    const { folder } = this.#creation.run;
    return { root: savedPath(root, folder), folder: savedPath(path, folder) };
  }
}

function requireDvcYaml({ dvcyaml = "dvc.yaml" }: DvcLiveOptions): void {
  if (dvcyaml === false || basename(dvcyaml) === "dvc.yaml") return;
  throw new AcceleratorError(
    "OPTION_INVALID",
    `dvclive: the file of dvcyaml must be called dvc.yaml, got ${JSON.stringify(dvcyaml)}.`,
  );
}
