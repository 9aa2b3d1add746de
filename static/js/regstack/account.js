// The account's page: what is shown of the account, and its forms.

import { all, find, make, transport } from "./page.js";
import { message } from "./messages.js";
import { Refusal, wordsOf } from "./refusal.js";
import { own, request } from "./request.js";
import { SESSION, keepEmail, leave, session, write } from "./session.js";
import { placeFor, say } from "./say.js";
import { isBusy, on } from "./forms.js";
import { ask } from "./dialog.js";
import { showSecondFactor, wirePhone } from "./phone.js";

export async function me() {
  if (transport === "bearer" && !session()) {
    return leave();
  }
  wire();
  await load();
}

async function load() {
  const summary = find("[data-rs-account]");
  summary?.setAttribute("aria-busy", "true");
  try {
    // The first look at the account is no session that has ended: who was never logged in needs no such words.
    show(await request("GET", "/me", undefined, { signedIn: Boolean(session()) }));
    say(placeFor(null), "");
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    if (refusal.code === "not_authenticated") {
      return leave();
    }
    const again = make("button", { type: "button", className: "rs-again", textContent: message("js-try-again") });
    again.addEventListener("click", load);
    say(placeFor(null), [`${wordsOf(refusal)} `, again], "error");
  } finally {
    summary?.removeAttribute("aria-busy");
  }
}

function show(user) {
  const dates = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" });
  const words = {
    ...user,
    full_name: user.full_name || message("js-name-missing"),
    is_verified: message(user.is_verified ? "js-yes" : "js-no"),
    created_at: dates.format(new Date(user.created_at)),
  };
  for (const place of all("[data-rs-field]")) {
    place.textContent = words[place.dataset.rsField] || "–";
  }
  all("[data-rs-form=update-profile] [name=full_name]").forEach((input) => (input.value = user.full_name ?? ""));
  keepEmail(user.email);
  all("[data-rs-username]").forEach((input) => (input.value = user.email));
  showSecondFactor(user);
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
    form.reset();
    say(placeFor(form), message("js-password-changed"));
  });
  on("change-email", async ({ new_email, current_password }, form) => {
    await own("POST", "/change-email", { new_email, current_password });
    form.reset();
    say(placeFor(form), message("js-email-change-sent", { email: new_email }));
  });
  const sure = () => ask(message("js-delete-sure"), message("js-delete"));
  on("delete-account", async (data) => {
    await own("DELETE", "/account", data);
    await leave("deleted");
  }, sure);
  wirePhone(show);
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
