// A passkey in the place of a password, for whoever holds a mailed link; loaded where a page offers that.

import { destination, find, forgetToken } from "./page.js";
import { message } from "./messages.js";
import { Refusal } from "./refusal.js";
import { request } from "./request.js";
import { keepEmail, leave } from "./session.js";
import { onLink } from "./steps.js";
import { create, isSupported } from "./passkey.js";

/** Offers it where the browser has passkeys; the login says so then. */
export function offerPasskey() {
  find("[data-rs-form=reset-passkey]").hidden = !isSupported();
  onLink("reset-passkey", async ({ token }) => {
    const { pending_token, public_key } = await request("POST", "/reset-password/passkey/start", { token });
    const name = navigator.userAgentData?.platform || message("js-passkey-unnamed");
    const made = { token, pending_token, name, ...(await create(public_key)) };
    let added;
    try {
      added = await request("POST", "/reset-password/passkey/finish", made);
    } catch (refusal) {
      // Should it be the link that is dead, the next try will say so.
      throw refusal.code === "invalid_token" ? new Refusal({ code: "passkey_late" }) : refusal;
    }
    forgetToken();
    keepEmail(added.email);
    await leave("passkey", destination(added.next));
  });
}
