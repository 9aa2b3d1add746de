// The passkey on the login page: offered with the email addresses that the browser knows, and by a button.

import { all } from "./page.js";
import { Refusal, wordsOf } from "./refusal.js";
import { enter } from "./session.js";
import { placeFor, say, sayWait } from "./say.js";
import { isBusy } from "./forms.js";
import { isSupported, logIn } from "./passkey.js";

/** A question lives for five minutes; a new one is asked before. */
const FRESH = 4 * 60 * 1000;

let offered = null;

function tell(failure) {
  if (!(failure instanceof Refusal)) {
    throw failure;
  }
  const place = placeFor(null);
  if (failure.wait) {
    sayWait(place, wordsOf(failure), failure.wait);
  } else {
    say(place, wordsOf(failure), "error");
  }
}

/** Offers passkeys where the email address is filled in, for as long as the page is open. */
async function offer() {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) {
    return;
  }
  for (let goesOn = true; goesOn; ) {
    const own = new AbortController();
    offered = own;
    const renew = setTimeout(() => own.abort("renewed"), FRESH);
    try {
      const answer = await logIn({ mediation: "conditional", signal: own.signal });
      if (answer) {
        return await enter(answer);
      }
      goesOn = own.signal.reason === "renewed";
    } catch (failure) {
      // Nobody has asked for anything: a browser that does not offer passkeys, or a server that is away, is not news.
      goesOn = ["passkey_late", "passkey_refused"].includes(failure.code);
      if (goesOn || ["account_disabled", "email_unverified"].includes(failure.code)) {
        tell(failure);
      }
    } finally {
      clearTimeout(renew);
    }
  }
}

async function ask(button) {
  if (isBusy(button)) {
    return;
  }
  button.setAttribute("aria-busy", "true");
  offered?.abort("pressed");
  say(placeFor(null), "");
  try {
    await enter(await logIn());
  } catch (failure) {
    tell(failure);
    offer();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

export function wirePasskey() {
  for (const button of all("[data-rs-action=passkey]")) {
    button.hidden = !isSupported();
    button.addEventListener("click", () => ask(button));
  }
  if (isSupported()) {
    offer();
  }
}
