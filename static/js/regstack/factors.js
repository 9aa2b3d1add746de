// The authenticator app on the account's page; loaded where apps are on.

import { all, find, make } from "./page.js";
import { message } from "./messages.js";
import { CODE_IS_GONE, wordsOf } from "./refusal.js";
import { own, request } from "./request.js";
import { placeFor, say } from "./say.js";
import { fieldsOf, focusFirst, on } from "./forms.js";
import { showCodes } from "./codes.js";

/** Wires the forms; `showUser` is told of an account that has changed. */
export function wireApp(showUser) {
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
  find("[data-rs-action=totp-again]")?.addEventListener("click", () => show(start));
}
