// A question before something that cannot be undone.

import { make } from "./page.js";
import { message } from "./messages.js";

/** Asks, and tells whether the answer was yes. */
export function ask(question, yes) {
  const button = (value, textContent, kind) => make("button", { value, textContent, className: `rs-btn ${kind}`.trim(), autofocus: value === "no" });
  const words = make("p", { id: "rs-question", textContent: question });
  const buttons = make("div", { className: "rs-buttons" }, button("no", message("js-cancel"), ""), button("yes", yes, "rs-btn-danger"));
  const dialog = make("dialog", { className: "rs-dialog" }, make("form", { method: "dialog" }, words, buttons));
  dialog.setAttribute("aria-labelledby", words.id);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
  });
}
