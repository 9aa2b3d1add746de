// Two-step verification on the account's page.

import { all, find, make } from "./page.js";
import { message, parts } from "./messages.js";
import { CODE_IS_GONE, wordsOf } from "./refusal.js";
import { own, request } from "./request.js";
import { placeFor, say } from "./say.js";
import { fieldsOf, focusFirst, on } from "./forms.js";
import { showCodes } from "./codes.js";

/** As much of a number as its owner needs to know it by. */
const masked = (phone) => `•••• ${phone.slice(-2)}`;

/** A number, which is read from left to right in every language. */
const left = (textContent) => make("bdi", { dir: "ltr", textContent });

export function showSecondFactor({ is_mfa_enabled, phone_number: phone }) {
  const isOn = is_mfa_enabled && Boolean(phone);
  const section = find("[data-rs-mfa-section]");
  if (section) {
    const words = isOn ? parts("js-two-step-is-on", { phone: left(masked(phone ?? "")) }) : [message("js-two-step-is-off")];
    find("[data-rs-mfa-status]", section).replaceChildren(...words);
    all("[data-rs-mfa-phone]", section).forEach((place) => place.replaceChildren(...(isOn ? [left(masked(phone ?? ""))] : [])));
    all("[data-rs-mfa-enable]", section).forEach((part) => (part.hidden = isOn));
    all("[data-rs-mfa-disable]", section).forEach((part) => (part.hidden = !isOn));
  }
}

/** Wires the forms; `showUser` is told of an account that has changed. */
export function wirePhone(showUser) {
  const section = find("[data-rs-mfa-section]");
  const [start, confirm] = ["start", "confirm"].map((step) => find(`[data-rs-form="phone-setup-${step}"]`));
  const show = (step) => {
    start.hidden = step !== start;
    confirm.hidden = step !== confirm;
    step.reset();
    focusFirst(fieldsOf(step));
  };
  const changed = (user, words) => {
    showUser(user);
    say(find(":scope > [data-rs-message]", section) ?? placeFor(null), words);
    find("summary", section)?.focus();
  };
  let pending = null;
  on("phone-setup-start", async (data) => {
    pending = (await own("POST", "/phone/start", data)).pending_token;
    show(confirm);
    say(placeFor(confirm), parts("js-code-sent", { phone: left(data.phone_number) }));
  });
  on("phone-setup-confirm", async ({ code }) => {
    try {
      const user = await request("POST", "/phone/confirm", { pending_token: pending, code });
      show(start);
      changed(user, message("js-two-step-turned-on"));
      showCodes(user.recovery_codes);
    } catch (refusal) {
      if (!CODE_IS_GONE.includes(refusal.code)) {
        throw refusal;
      }
      show(start);
      const problem = wordsOf({ code: refusal.code === "invalid_token" ? "code_expired" : refusal.code });
      say(placeFor(start), message("js-code-again", { problem }), "error");
    }
  });
  on("mfa-disable", async (data, form) => {
    await own("DELETE", "/phone", data);
    form.reset();
    changed(await own("GET", "/me"), message("js-two-step-turned-off"));
  });
  find("[data-rs-action=phone-again]")?.addEventListener("click", () => show(start));
}
