/** The sheet that gives a session another title. */
import type { SessionSummary } from "../../api/types.ts";
import { h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { changeSession } from "../../state/sessions/session-actions.ts";
import { text } from "../../text/en.ts";

/** Opens the sheet with the present title, selected. */
export function openRenameSheet(summary: Pick<SessionSummary, "id" | "title">): void {
  openSheet({
    title: text.sessions.rename,
    content: (close) => {
      const problem = signal<string | null>(null);
      const isSaving = signal(false);
      const field = h("input", {
        class: "field",
        name: "title",
        dir: "auto",
        maxlength: 200,
        autofocus: true,
        autocomplete: "off",
        enterkeyhint: "done",
        "aria-label": text.sessions.titleField,
        value: summary.title ?? "",
        onfocus: () => field.select(),
      });
      const submit = async (event: Event) => {
        event.preventDefault();
        if (field.value.trim() === "" || isSaving.peek()) return;
        isSaving.value = true;
        const failure = await changeSession(summary.id, { title: field.value.trim() });
        isSaving.value = false;
        if (failure === null) close();
        else problem.value = text.failureAtField(failure, machineName());
      };
      return h(
        "form",
        { class: "rename-form", onsubmit: (event) => void submit(event) },
        field,
        h(
          "button",
          {
            type: "submit",
            class: "button button-primary",
            "aria-disabled": () => (isSaving.value ? "true" : null),
            onpointerdown: (event) => event.preventDefault(),
          },
          () => (isSaving.value ? text.sessions.saving : text.sessions.save),
        ),
        h("p", { class: "field-problem", role: "alert" }, () => problem.value),
      );
    },
  });
}
