// Authenticator app and recovery codes on the account's page.

import { all, find, make } from "./page.js";
import { message } from "./messages.js";
import { CODE_IS_GONE, Refusal, wordsOf } from "./refusal.js";
import { own, request } from "./request.js";
import { placeFor, say } from "./say.js";
import { fieldsOf, focusFirst, on } from "./forms.js";

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

/** Wires the forms; `showUser` is told of an account that has changed. */
export function wireFactors(showUser) {
  const section = find("[data-rs-app-section]");
  const [start, confirm] = ["start", "confirm"].map((step) => find(`[data-rs-form="totp-${step}"]`));
  const show = (step) => {
    start.hidden = step !== start;
    confirm.hidden = step !== confirm;
    step.reset();
    focusFirst(fieldsOf(step));
    if (step === start) {
      all("[data-rs-totp-qr], [data-rs-totp-secret]", confirm).forEach((place) => place.replaceChildren());
    }
  };
  const changed = async (words) => {
    showUser(await own("GET", "/me"));
    say(find(":scope > [data-rs-message]", section) ?? placeFor(null), words);
    find("summary", section)?.focus();
  };
  let pending = null;
  on("totp-start", async (data) => {
    const answer = await own("POST", "/mfa/totp/start", data);
    pending = answer.pending_token;
    show(confirm);
    const picture = make("img", { alt: message("js-app-qr"), src: `data:image/svg+xml,${encodeURIComponent(answer.qr_svg)}` });
    all("[data-rs-totp-qr]", confirm).forEach((place) => place.replaceChildren(...(answer.qr_svg ? [picture] : [])));
    const groups = answer.secret.match(/.{1,4}/g).join(" ");
    all("[data-rs-totp-secret]", confirm).forEach((place) => place.replaceChildren(groups));
  });
  on("totp-confirm", async ({ code }) => {
    try {
      const { recovery_codes } = await request("POST", "/mfa/totp/confirm", { pending_token: pending, code });
      show(start);
      await changed(message("js-app-on"));
      showCodes(recovery_codes);
    } catch (refusal) {
      if (!CODE_IS_GONE.includes(refusal.code)) {
        throw refusal;
      }
      show(start);
      say(placeFor(start), wordsOf({ code: "no_code" }), "error");
    }
  });
  on("totp-remove", async (data, form) => {
    await own("DELETE", "/mfa/totp", data);
    form.reset();
    await changed(message("js-app-removed"));
  });
  on("recovery-codes", async (data, form) => {
    const { recovery_codes } = await own("POST", "/mfa/recovery-codes", data);
    form.reset();
    await showFactors();
    showCodes(recovery_codes);
  });
  find("[data-rs-action=totp-again]")?.addEventListener("click", () => show(start));
}
