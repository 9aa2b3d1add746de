// Everything that is kept about the account, as a file.

import { all, find, make } from "./page.js";
import { Refusal, wordsOf } from "./refusal.js";
import { own } from "./request.js";
import { say } from "./say.js";
import { isBusy } from "./forms.js";

/** Has the browser keep a text as a file. */
export function save(name, text, type) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

export function wireData() {
  for (const button of all("[data-rs-action=export-data]")) {
    button.addEventListener("click", () => download(button));
  }
}

async function download(button) {
  if (isBusy(button)) {
    return;
  }
  const note = find("[data-rs-data-message]");
  button.setAttribute("aria-busy", "true");
  say(note, "");
  try {
    save("account-data.json", `${JSON.stringify(await own("GET", "/me/export"), null, 2)}\n`, "application/json");
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    say(note, wordsOf(refusal), "error");
  } finally {
    button.removeAttribute("aria-busy");
  }
}
