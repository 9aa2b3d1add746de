// Recovery codes on the account's page, and which second factors are on.

import { all, find, make } from "./page.js";
import { message } from "./messages.js";
import { Refusal } from "./refusal.js";
import { own } from "./request.js";
import { placeFor, say } from "./say.js";
import { on } from "./forms.js";
import { save } from "./data.js";

/** Shows which factors are on. */
export async function showFactors() {
  const [app, codes] = ["app", "codes"].map((name) => find(`[data-rs-${name}-section]`));
  if (!app && !codes) {
    return;
  }
  let factors;
  try {
    factors = await own("GET", "/mfa");
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    return;
  }
  for (const place of all("[data-rs-badge=totp], [data-rs-badge=sms]")) {
    const isOn = factors[place.dataset.rsBadge];
    place.textContent = message(isOn ? "js-on" : "js-off");
    place.dataset.rsTone = isOn ? "success" : "none";
  }
  all("[data-rs-app-remove]").forEach((part) => (part.hidden = !factors.totp));
  // One app is enough; whoever is just setting it up goes on.
  if (find("[data-rs-form=totp-confirm]")?.hidden) {
    all("[data-rs-form=totp-start]").forEach((part) => (part.hidden = factors.totp));
  }
  if (codes) {
    codes.hidden = !factors.is_mfa_enabled;
    const left = factors.recovery_codes_left;
    all("[data-rs-codes-left]").forEach((place) => (place.textContent = message("js-codes-left", { count: left })));
  }
}

/** The dialog for a page that was written before there were recovery codes: nobody goes without. */
function makeDialog() {
  const button = (name) => make("button", { type: "button", className: "rs-btn", textContent: message(`codes-${name}`) });
  const buttons = ["copy", "download", "print", "done"].map((name) => {
    const made = button(name);
    made.dataset.rsAction = `codes-${name}`;
    return made;
  });
  buttons.at(-1).classList.add("rs-btn-primary");
  const title = make("h2", { id: "rs-codes-title", className: "rs-heading", tabIndex: -1, autofocus: true, textContent: message("codes-title") });
  const list = make("ul", { className: "rs-codes", dir: "ltr" });
  const note = make("p", { className: "rs-message", hidden: true });
  list.dataset.rsCodesList = note.dataset.rsMessage = "";
  const lead = make("p", { className: "rs-meta", textContent: message("codes-lead") });
  const dialog = make("dialog", { className: "rs-dialog" }, title, lead, list, note, make("div", { className: "rs-buttons" }, ...buttons));
  dialog.dataset.rsCodes = "";
  dialog.setAttribute("aria-labelledby", title.id);
  document.body.append(dialog);
  return dialog;
}

/** Shows recovery codes, this once, until somebody says that they are kept. */
export function showCodes(codes = []) {
  if (!codes.length) {
    return;
  }
  const dialog = find("dialog[data-rs-codes]:has([data-rs-codes-list])") ?? makeDialog();
  const text = codes.join("\n");
  find("[data-rs-codes-list]", dialog).replaceChildren(...codes.map((code) => make("li", {}, make("code", { textContent: code, translate: false }))));
  const note = find("[data-rs-message]", dialog);
  say(note, "");
  const acts = {
    copy: async () => {
      await navigator.clipboard.writeText(text);
      say(note, message("js-codes-copied"));
    },
    download: () => save("recovery-codes.txt", `${location.host}\n\n${text}\n`, "text/plain"),
    print: () => print(),
    done: () => dialog.close(),
  };
  for (const [name, act] of Object.entries(acts)) {
    all(`[data-rs-action="codes-${name}"]`, dialog).forEach((button) => (button.onclick = () => Promise.resolve(act()).catch(() => say(note, message("error-other"), "error"))));
  }
  // Nothing of them stays in the page.
  dialog.onclose = () => find("[data-rs-codes-list]", dialog).replaceChildren();
  dialog.showModal();
}

/** Wires the form that makes new ones. */
export function wireCodes() {
  on("recovery-codes", async (data, form) => {
    const { recovery_codes } = await own("POST", "/mfa/recovery-codes", data);
    form.reset();
    // First of all: whatever fails afterwards, nobody sees them again.
    showCodes(recovery_codes);
    await showFactors();
  });
}
