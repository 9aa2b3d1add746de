// The session: what is kept of it, and where coming and going leads.

import { api, app, go, known, next, page, transport, ui } from "./page.js";
import { Refusal } from "./refusal.js";

export const SESSION = "regstack.access_token";
export const PENDING = "regstack.mfa_pending";
/** The number that the code went to, as much as may be shown of it. */
export const PHONE = "regstack.mfa_phone";
/** What the login can be ended by. */
export const METHODS = "regstack.mfa_methods";
const NOTICE = "regstack.notice";
const EMAIL = "regstack.email";
export const DRAFT = "regstack.draft";

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

/** Whether somebody may be logged in. The server says where nobody can be, so that nobody is asked for. */
export const maySignedIn = () => (transport === "bearer" ? session() !== null : known !== "none");

const tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel(`regstack ${api}`) : null;

/** Tells the other tabs that somebody has come ("in") or gone ("out"). */
export const tell = (news) => tabs?.postMessage(news);

/** Does what `hear` does with what another tab tells. */
export const onNews = (hear) => tabs?.addEventListener("message", ({ data }) => hear(data));

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
export function leave(notice, back) {
  if (notice && notice !== "expired" && notice !== "told") {
    tell("out");
  }
  return depart(notice === "told" ? "left" : notice, back);
}

function depart(notice, back) {
  write("localStorage", SESSION, null);
  write("sessionStorage", PENDING, null);
  if (!notice || notice === "left" || notice === "deleted") {
    keepEmail(null);
    write("sessionStorage", DRAFT, null);
  }
  if (notice) {
    leaveNotice(notice);
  }
  const here = location.pathname + location.search + location.hash;
  // Whoever has left on purpose, or changed what the login asks for, begins anew.
  const returns = page === "me" && (!notice || notice === "expired") && (app || here !== `${ui}/me`);
  return go(loginFor(returns ? here : back));
}

/** The login that leads to an address afterwards; what is to be left out is not there. */
export const loginFor = (address) => `${ui}/login${address ? `?next=${encodeURIComponent(address)}` : ""}`;

/** Where a login leads: back to where it was asked for, else to the application, else to the account. */
export const goOn = () => go(next() ?? app ?? `${ui}/me`);

/** What a login answers, kept. */
export function enter(answer) {
  if (answer.status === "mfa_required") {
    write("sessionStorage", PHONE, answer.phone_hint ?? null);
    write("sessionStorage", METHODS, JSON.stringify(answer.methods ?? []));
    if (!write("sessionStorage", PENDING, answer.mfa_pending_token)) {
      throw new Refusal({ code: "no_storage" });
    }
    return go(`${ui}/mfa-confirm${location.search}`);
  }
  write("sessionStorage", PENDING, null);
  write("sessionStorage", PHONE, null);
  write("sessionStorage", METHODS, null);
  if (!write("localStorage", SESSION, answer.access_token ?? null)) {
    throw new Refusal({ code: "no_storage" });
  }
  keepEmail(null);
  tell("in");
  return goOn();
}
