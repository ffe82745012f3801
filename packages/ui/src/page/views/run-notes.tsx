import { useState } from "preact/hooks";
import type { RunSummary } from "../../wire/schema.ts";
import { messageOf } from "../api.ts";
import { saveNotes } from "../store.ts";

/** What the user wrote about a run, and a form to change it. */
export function RunNotes({
  run,
  isFixed,
}: {
  readonly run: RunSummary;
  readonly isFixed: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState(run.name);
  const [tags, setTags] = useState(run.tags.join(", "));
  const [note, setNote] = useState(run.note);
  const [problem, setProblem] = useState("");
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const list = tags
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean);
    try {
      await saveNotes(run.id, { name, note, tags: list });
      setOpen(false);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  if (!isOpen) {
    return (
      <p class="notes">
        {run.tags.map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
        {run.note && <span class="note">{run.note}</span>}
        {!isFixed && (
          <button type="button" onClick={() => setOpen(true)}>
            name, tags, note
          </button>
        )}
      </p>
    );
  }
  return (
    <form class="notes" onSubmit={save}>
      <label class="field">
        <span>name</span>
        <input
          value={name}
          maxLength={200}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>tags</span>
        <input
          value={tags}
          placeholder="with commas between"
          onInput={(event) => setTags(event.currentTarget.value)}
        />
      </label>
      <label class="field grow">
        <span>note</span>
        <textarea
          rows={2}
          value={note}
          maxLength={20_000}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <button type="submit">save</button>
      <button type="button" onClick={() => setOpen(false)}>
        leave it
      </button>
      {problem && (
        <span class="bad" role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}
