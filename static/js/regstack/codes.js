// Recovery codes on the account's page, and which second factors are on.

import { all, find, make } from "./page.js";
import { message } from "./messages.js";
import { Refusal } from "./refusal.js";
import { own } from "./request.js";
import { placeFor, say } from "./say.js";
import { on } from "./forms.js";

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
  if (codes) {
    codes.hidden = !factors.is_mfa_enabled;
    const left = factors.recovery_codes_left;
    all("[data-rs-codes-left]").forEach((place) => (place.textContent = message("js-codes-left", { count: left })));
  }
}

/** Shows recovery codes, this once, until somebody says that they are kept. */
export function showCodes(codes = []) {
  const dialog = find("[data-rs-codes]");
  if (!codes.length || !dialog) {
    return;
  }
  const text = codes.join("\n");
  find("[data-rs-codes-list]", dialog).replaceChildren(...codes.map((code) => make("li", {}, make("code", { textContent: code, translate: false }))));
  const note = find("[data-rs-message]", dialog);
  say(note, "");
  const acts = {
    copy: async () => {
      await navigator.clipboard.writeText(text);
      say(note, message("js-codes-copied"));
    },
    download: () => {
      const href = URL.createObjectURL(new Blob([`${location.host}\n\n${text}\n`], { type: "text/plain" }));
      make("a", { href, download: "recovery-codes.txt" }).click();
      setTimeout(() => URL.revokeObjectURL(href), 10_000);
    },
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
    await showFactors();
    showCodes(recovery_codes);
  });
}
