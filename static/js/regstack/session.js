// The session: what is kept of it, and where coming and going leads.

import { go, onThisSite, page, transport, ui } from "./page.js";
import { Refusal } from "./refusal.js";

export const SESSION = "regstack.access_token";
export const PENDING = "regstack.mfa_pending";
const NOTICE = "regstack.notice";
const EMAIL = "regstack.email";

export function read(storage, key) {
  try {
    return window[storage].getItem(key);
  } catch {
    return null;
  }
}

export function write(storage, key, value) {
  try {
    if (value === null) {
      window[storage].removeItem(key);
    } else {
      window[storage].setItem(key, value);
    }
    return true;
  } catch {
    return value === null;
  }
}

/** The token that goes with requests; with the cookie transport there is none that a script could see. */
export const session = () => (transport === "cookie" ? null : read("localStorage", SESSION));

/** Keeps something for the login to say. */
export const leaveNotice = (notice) => write("sessionStorage", NOTICE, notice);

/** What there is to say, once. */
export function takeNotice() {
  const notice = read("sessionStorage", NOTICE);
  leaveNotice(null);
  return notice;
}

/** Keeps the email address for the next form that asks for it, in this tab only; nothing forgets it. */
export const keepEmail = (email) => write("sessionStorage", EMAIL, email ?? null);

export const keptEmail = () => read("sessionStorage", EMAIL) ?? "";

/** Leaves the session behind and goes to the login, which says why. */
export function leave(notice) {
  write("localStorage", SESSION, null);
  write("sessionStorage", PENDING, null);
  if (!notice || notice === "left" || notice === "deleted") {
    keepEmail(null);
  }
  if (notice) {
    leaveNotice(notice);
  }
  const here = location.pathname + location.search + location.hash;
  // Whoever has left on purpose, or changed what the login asks for, begins anew.
  const returns = page === "me" && (!notice || notice === "expired") && here !== `${ui}/me`;
  const next = returns ? `?next=${encodeURIComponent(here)}` : "";
  return go(`${ui}/login${next}`);
}

/** Where a login leads: back to where it was asked for, else to the account. */
export const goOn = () => go(onThisSite(new URLSearchParams(location.search).get("next")) ?? `${ui}/me`);

/** What a login answers, kept. */
export function enter(answer) {
  if (answer.status === "mfa_required") {
    if (!write("sessionStorage", PENDING, answer.mfa_pending_token)) {
      throw new Refusal({ code: "no_storage" });
    }
    return go(`${ui}/mfa-confirm${location.search}`);
  }
  write("sessionStorage", PENDING, null);
  if (!write("localStorage", SESSION, answer.access_token ?? null)) {
    throw new Refusal({ code: "no_storage" });
  }
  keepEmail(null);
  return goOn();
}
