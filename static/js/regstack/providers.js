// Logging in with other providers: the way there and back.

import { all, destination, next, ui } from "./page.js";
import { isKnown } from "./messages.js";
import { Refusal, wordsOf } from "./refusal.js";
import { request } from "./request.js";
import { enter } from "./session.js";
import { placeFor, say } from "./say.js";

// What all of these mean to people is the same.
const ALIKE = ["missing_code_or_state", "unknown_provider", "token_exchange_failed", "id_token_failed", "oauth_failed"];

export const wordsFor = (code) => wordsOf({ code: ALIKE.includes(code) || !isKnown(`error-${code}`) ? "oauth_failed" : code });

/** Takes a parameter out of the address: a reload says nothing twice. */
export function take(name) {
  const address = new URL(location.href);
  const value = address.searchParams.get(name);
  if (value !== null) {
    address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
  }
  return value;
}

/** The buttons of the login and of the sign-up, and what a provider has led back with. */
export function offer() {
  if (next()) {
    const carried = new URLSearchParams({ redirect_to: next() });
    all("[data-rs-oauth-link]").forEach((link) => link.setAttribute("href", `${link.getAttribute("href")}?${carried}`));
  }
  const error = take("error");
  if (error) {
    say(placeFor(null), wordsFor(error), "error");
  }
}

/** The page where the browser fetches its session. */
export async function complete() {
  const id = take("id");
  try {
    const answer = await request("POST", "/oauth/exchange", { id: id || "-" });
    const target = destination(answer.redirect_to) ?? `${ui}/me`;
    // The second step, and what comes after it, are led on by the address.
    history.replaceState(history.state, "", `${location.pathname}?${new URLSearchParams({ next: target })}`);
    await enter(answer.mfa_required ? answer.mfa : { access_token: answer.access_token || null });
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    const code = refusal.code === "not_found" || refusal.code === "validation_error" ? "bad_state" : refusal.code;
    say(placeFor(null), wordsOf({ ...refusal, code }), "error");
    all("[data-rs-working]").forEach((part) => (part.hidden = true));
    all("[data-rs-failed]").forEach((part) => (part.hidden = false));
  }
}
