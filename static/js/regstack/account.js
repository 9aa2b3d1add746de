// The account's page: what is shown of the account, and its forms.

import { all, find, make } from "./page.js";
import { message, parts } from "./messages.js";
import { Refusal, wordsOf } from "./refusal.js";
import { own, request } from "./request.js";
import { SESSION, keepEmail, leave, maySignedIn, onNews, session, write } from "./session.js";
import { placeFor, say } from "./say.js";
import { isBusy, on } from "./forms.js";
import { onResend } from "./again.js";
import { ask } from "./dialog.js";
import { wireData } from "./data.js";
import { keepDrafts } from "./drafts.js";
import { showFactors, wireCodes } from "./codes.js";
import { readable } from "./idn.js";
import { showLanguage, wireLanguage } from "./language.js";
import { showSecondFactor, wirePhone } from "./phone.js";
import { wireSections } from "./sections.js";
import { showSessions, wireSessions } from "./sessions.js";

// Where there are no apps, nothing of theirs is loaded.
const apps = find("[data-rs-app-section]") && (await import("./factors.js"));
const passkeys = find("[data-rs-passkeys-section]") && (await import("./passkeys.js"));
const others = find("[data-rs-oauth-section]") && (await import("./links.js"));

export async function me() {
  if (!maySignedIn()) {
    return leave();
  }
  onNews((news) => (news === "out" ? leave("told") : load()));
  wire();
  wireSections();
  await load();
}

async function load() {
  const summary = find("[data-rs-account]");
  summary?.setAttribute("aria-busy", "true");
  try {
    // The first look at the account is no session that has ended: who was never logged in needs no such words.
    const user = await request("GET", "/me", undefined, { signedIn: Boolean(session()) });
    show(user);
    showLanguage(user);
    keepDrafts(user.email);
    await showSessions(others?.nameOfMethod);
    await passkeys?.showPasskeys();
    await others?.showProviders();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    if (refusal.code === "not_authenticated") {
      return leave();
    }
    const again = make("button", { type: "button", className: "rs-again", textContent: message("js-try-again") });
    again.addEventListener("click", () => {
      say(placeFor(null), "");
      load();
    });
    say(placeFor(null), [`${wordsOf(refusal)} `, again], "error");
  } finally {
    summary?.removeAttribute("aria-busy");
  }
}

function show(user) {
  const dates = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" });
  const words = {
    ...user,
    email: readable(user.email),
    full_name: user.full_name || message("js-name-missing"),
    is_verified: message(user.is_verified ? "js-yes" : "js-no"),
    created_at: dates.format(new Date(user.created_at)),
  };
  for (const place of all("[data-rs-field]")) {
    place.textContent = words[place.dataset.rsField] || "–";
  }
  all("[data-rs-console]").forEach((place) => (place.hidden = !user.is_superuser));
  badge("is_verified", user.is_verified, message(user.is_verified ? "js-confirmed" : "js-unconfirmed"));
  badge("is_mfa_enabled", user.is_mfa_enabled, message(user.is_mfa_enabled ? "js-on" : "js-off"));
  all("[data-rs-form=update-profile] [name=full_name]").forEach((input) => (input.value = user.full_name ?? ""));
  keepEmail(user.email);
  all("[data-rs-username]").forEach((input) => (input.value = user.email));
  for (const part of all("[data-rs-unconfirmed]")) {
    part.hidden = user.is_verified;
    all("[name=email]", part).forEach((input) => (input.value = user.email));
  }
  showSecondFactor(user);
  showFactors();
}

/** A state in a word, which a row of the account shows. */
function badge(field, isGood, words) {
  for (const place of all(`[data-rs-badge=${field}]`)) {
    place.textContent = words;
    place.dataset.rsTone = isGood ? "success" : "none";
  }
}

function wire() {
  on("update-profile", async ({ full_name }, form) => {
    show(await own("PATCH", "/me", { full_name: full_name.trim() || null }));
    say(placeFor(form), message("js-name-saved"));
  });
  on("change-password", async ({ current_password, new_password }, form) => {
    const { access_token, expires_in } = await own("POST", "/change-password", { current_password, new_password });
    if (!expires_in || (access_token && !write("localStorage", SESSION, access_token))) {
      return leave("password");
    }
    await showSessions();
    form.reset();
    say(placeFor(form), message("js-password-changed"));
  });
  on("change-email", async ({ new_email, current_password }, form) => {
    await own("POST", "/change-email", { new_email, current_password });
    form.reset();
    say(placeFor(form), parts("js-email-change-sent", { email: make("bdi", { textContent: new_email }) }));
  });
  // A dialog of the template asks by itself.
  const sure = (form) => Boolean(form.closest("dialog")) || ask(message("js-delete-sure"), message("js-delete"));
  on(
    "delete-account",
    async (data) => {
      await own("DELETE", "/account", data);
      await leave("deleted");
    },
    sure,
  );
  onResend();
  wireLanguage();
  wirePhone(show);
  wireSessions();
  wireCodes();
  wireData();
  apps?.wireApp(show);
  passkeys?.wirePasskeys();
  for (const button of all("[data-rs-action=logout]")) {
    button.addEventListener("click", () => logOut(button));
  }
}

async function logOut(button) {
  if (isBusy(button)) {
    return;
  }
  button.setAttribute("aria-busy", "true");
  try {
    await own("POST", "/logout");
    await leave("left");
  } catch (refusal) {
    // Not "logged out" before the server says so: the session would live on.
    say(placeFor(null), message("js-still-logged-in", { problem: wordsOf(refusal) }), "error");
    button.removeAttribute("aria-busy");
  }
}
