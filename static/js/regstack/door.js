// The pages of those who are not logged in.

import { all, carried, destination, find, forgetToken, go, next, token, transport, ui } from "./page.js";
import { message } from "./messages.js";
import { CODE_IS_GONE, Refusal } from "./refusal.js";
import { request } from "./request.js";
import { PENDING, PHONE, SESSION, enter, goOn, keepEmail, keptEmail, leave, leaveNotice, loginFor, maySignedIn, onNews, read, session, tell, write } from "./session.js";
import { placeFor, say } from "./say.js";
import { on } from "./forms.js";
import { done, onLink, resumes } from "./steps.js";
import { keepDrafts } from "./drafts.js";
import { holdBack, onResend, sent } from "./again.js";
import { open, way, ways } from "./ways.js";

// Where there are no passkeys, nothing of theirs is loaded.
const passkey = find("[data-rs-action=passkey]") && (await import("./knock.js"));
const instead = find("[data-rs-form=reset-passkey]") && (await import("./invited.js"));
// Where there are no other providers, nothing of theirs is loaded.
const others = find("[data-rs-oauth-block], [data-rs-oauth-complete]") && (await import("./providers.js"));

const PASSED = "regstack.passed";
const AT_ONCE = 10_000;

/** Whoever is logged in has nothing to do at the door. Whom an application sends straight back needs another session. */
async function passBy() {
  onNews((news) => news === "in" && goOn());
  const [address, at] = JSON.parse(read("sessionStorage", PASSED) ?? "[]");
  write("sessionStorage", PASSED, null);
  if (next() && next() === address && Date.now() - at < AT_ONCE) {
    return say(placeFor(null), message("js-notice-expired"), "status");
  }
  if (session()) {
    return pass();
  }
  if (transport === "cookie" && maySignedIn()) {
    await request("GET", "/me").then(pass, () => {});
  }
}

function pass() {
  write("sessionStorage", PASSED, JSON.stringify([next(), Date.now()]));
  return goOn();
}

/** What is known of who is at the door is filled in, and kept for the next form. */
function rememberEmail() {
  for (const input of all("form:not([hidden]) input[name=email]:not([type=hidden])")) {
    input.value ||= keptEmail();
    input.addEventListener("input", () => keepEmail(input.value.trim()));
    const next = input.value && find("input[type=password]", input.form);
    // A script may come before the page's own autofocus, or after it.
    if (next && [input, document.body].includes(document.activeElement)) {
      next.focus();
    }
  }
}

/** Where to go once all is done, as requests have it. */
const asked = () => (next() ? { next: next() } : {});

/** Lets the other pages of the door know where to go once all is done. */
function carryOn() {
  for (const link of carried() ? all(`a[href^="${ui}/"]`) : []) {
    link.setAttribute("href", link.getAttribute("href") + carried());
  }
}

/** Makes the links to the login lead on to what a mailed link had with it. */
function leadOn(address) {
  const back = destination(address);
  all(`[data-rs-done] a[href^="${ui}/login"]`).forEach((link) => link.setAttribute("href", loginFor(back)));
}

export const oauthComplete = () => others?.complete();

export function login() {
  passBy();
  rememberEmail();
  carryOn();
  others?.offer();
  on("login", async (data) => {
    const answer = await request("POST", "/login", data);
    if (answer.delivery === "sms") {
      sent("mfa-send");
    }
    await enter(answer);
  });
  passkey?.wirePasskey();
}

export function register() {
  passBy();
  rememberEmail();
  carryOn();
  others?.offer();
  keepDrafts();
  resumes();
  on("register", async (data) => {
    const language = document.documentElement.lang;
    const wish = { ...data, ...(language && { language }), ...asked() };
    const answer = await request("POST", "/register", wish, { joins: true });
    if (answer.status === "pending_verification") {
      sent("resend-verification");
      holdBack("resend-verification");
      done(message("js-verify-sent", answer), answer, "register");
    } else {
      await enter(await request("POST", "/login", { email: data.email, password: data.password }));
    }
  });
  onResend(asked);
}

export function verify() {
  rememberEmail();
  carryOn();
  onResend(asked);
  const parts = all("[data-rs-new]");
  if (!token && location.hash === "#new" && parts.length) {
    const title = find(".rs-title");
    for (const part of [title, ...all("[data-rs-status], [data-rs-form=verify]")]) {
      part.hidden = true;
    }
    [...parts, ...all("[data-rs-renew]")].forEach((part) => (part.hidden = false));
    document.title = document.title.replace(title.textContent, find(".rs-title:not([hidden])").textContent);
    return;
  }
  if (!token && resumes(({ next: back }) => leadOn(back))) {
    return;
  }
  onLink("verify", async (data) => {
    // Whoever is logged in already stays who they are.
    const answer = await request("POST", "/verify", data, { joins: !session() });
    const { email, next: back } = answer;
    forgetToken();
    keepEmail(email);
    leadOn(back);
    done(message("js-verify-done"), { next: back });
    if (answer.token_type) {
      try {
        await enter(answer, destination(back));
      } catch {
        // A browser that keeps nothing is left at the way to the login.
      }
    }
  });
}

export function forgot() {
  rememberEmail();
  carryOn();
  on("forgot", async (data) => {
    await request("POST", "/forgot-password", { ...data, ...asked() });
    done(message("js-forgot-sent"), data, "forgot");
  });
  resumes();
}

/** Choosing a password by a mailed link, or a passkey instead; the login says `notice` then. */
const choosing = (notice) => () => {
  onLink("reset", async ({ token, new_password }) => {
    const { email, next: back } = await request("POST", "/reset-password", { token, new_password });
    all("[data-rs-username]").forEach((input) => (input.value = email));
    forgetToken();
    keepEmail(email);
    await leave(notice, destination(back));
  });
  instead?.offerPasskey();
};

export const reset = choosing("password");
export const acceptInvitation = choosing("invited");

export function undoEmailChange() {
  if (!token && resumes()) {
    return;
  }
  onLink("undo-email-change", async ({ token }) => {
    const { email } = await request("POST", "/undo-email-change", { token });
    forgetToken();
    // All sessions have ended, this browser's too.
    write("localStorage", SESSION, null);
    tell("out");
    keepEmail(email);
    done(message("js-email-undone"), { email });
  });
}

export function confirmEmailChange() {
  if (!token && resumes()) {
    return;
  }
  onLink("confirm-email-change", async (data) => {
    const { email } = await request("POST", "/confirm-email-change", data);
    forgetToken();
    // All sessions have ended, this browser's too.
    write("localStorage", SESSION, null);
    tell("out");
    keepEmail(email);
    done(message("js-email-changed"), { email });
  });
}

export function mfaConfirm() {
  onNews((news) => news === "in" && goOn());
  let pending = read("sessionStorage", PENDING);
  if (!pending) {
    return go(`${ui}/login${location.search}`);
  }
  carryOn();
  const phone = read("sessionStorage", PHONE);
  for (const place of phone ? all("[data-rs-field=phone]") : []) {
    Object.assign(place, { textContent: phone, dir: "ltr" });
  }
  /** A login that has waited too long begins anew. */
  const whileItLives = (act) => async (data, form) => {
    try {
      await act(data, form);
    } catch (refusal) {
      if (!CODE_IS_GONE.includes(refusal.code)) {
        throw refusal;
      }
      write("sessionStorage", PENDING, null);
      leaveNotice("code");
      await go(`${ui}/login${location.search}`);
    }
  };
  on(
    "mfa-confirm",
    whileItLives(async ({ code }) => {
      const method = way();
      enter(await request("POST", "/login/mfa-confirm", { mfa_pending_token: pending, code, ...(method && { method }) }));
    }),
  );
  on(
    "mfa-recovery",
    whileItLives(async ({ recovery_code }) => {
      try {
        enter(await request("POST", "/login/mfa-confirm", { mfa_pending_token: pending, code: recovery_code }));
      } catch (refusal) {
        // What cannot be a code is as wrong as what is none.
        const isWrong = ["wrong_code", "validation_error"].includes(refusal.code);
        throw isWrong ? new Refusal({ code: "wrong_recovery_code" }) : refusal;
      }
    }),
  );
  on(
    "mfa-send",
    whileItLives(async (_, form) => {
      pending = (await request("POST", "/login/mfa-send", { mfa_pending_token: pending })).mfa_pending_token;
      write("sessionStorage", PENDING, pending);
      if (way() === "sms" || !way()) {
        say(placeFor(form), message("js-code-resent"));
      } else {
        open("sms");
      }
      sent("mfa-send");
      holdBack("mfa-send");
      find("[data-rs-form=mfa-confirm] [name=code]")?.focus();
    }),
  );
  holdBack("mfa-send");
  if (ways().includes("recovery_code") && !find("[data-rs-form=mfa-recovery]")) {
    // A page that was written before there were recovery codes has one field for every code.
    const input = find("[data-rs-form=mfa-confirm] [name=code]");
    input?.removeAttribute("maxlength");
    input?.setAttribute("inputmode", "text");
  }
  if (ways().length && find("[data-rs-for]")) {
    open(ways()[0]);
    for (const button of all("[data-rs-use]:not([type=submit])")) {
      button.addEventListener("click", () => open(button.dataset.rsUse));
    }
  }
}
