// The pages of those who are not logged in.

import { forgetToken, go, transport, ui } from "./page.js";
import { message } from "./messages.js";
import { CODE_IS_GONE } from "./refusal.js";
import { request } from "./request.js";
import { PENDING, SESSION, enter, goOn, leave, leaveNotice, read, session, write } from "./session.js";
import { placeFor, say } from "./say.js";
import { on } from "./forms.js";
import { done, onLink } from "./steps.js";

/** Whoever is logged in has nothing to do at the door. */
async function passBy() {
  if (session()) {
    return goOn();
  }
  if (transport === "cookie") {
    await request("GET", "/me").then(goOn, () => {});
  }
}

function onResend() {
  on("resend-verification", async ({ email }, form) => {
    await request("POST", "/resend-verification", { email });
    say(placeFor(form), message("js-verify-resent"));
  });
}

export function login() {
  passBy();
  on("login", async (data) => enter(await request("POST", "/login", data)));
}

export function register() {
  passBy();
  on("register", async (data) => {
    const answer = await request("POST", "/register", data);
    if (answer.status === "pending_verification") {
      done(message("js-verify-sent", answer), answer);
    } else {
      await enter(await request("POST", "/login", { email: data.email, password: data.password }));
    }
  });
  onResend();
}

export function verify() {
  onLink("verify", async (data) => {
    await request("POST", "/verify", data);
    forgetToken();
    done(message("js-verify-done"));
  });
  onResend();
}

export function forgot() {
  on("forgot", async (data) => {
    await request("POST", "/forgot-password", data);
    done(message("js-forgot-sent"), data);
  });
}

export function reset() {
  onLink("reset", async (data) => {
    await request("POST", "/reset-password", data);
    forgetToken();
    await leave("password");
  });
}

export function confirmEmailChange() {
  onLink("confirm-email-change", async (data) => {
    const { email } = await request("POST", "/confirm-email-change", data);
    forgetToken();
    // All sessions have ended, this browser's too.
    write("localStorage", SESSION, null);
    done(message("js-email-changed"), { email });
  });
}

export function mfaConfirm() {
  const pending = read("sessionStorage", PENDING);
  if (!pending) {
    return go(`${ui}/login${location.search}`);
  }
  on("mfa-confirm", async ({ code }) => {
    try {
      await enter(await request("POST", "/login/mfa-confirm", { mfa_pending_token: pending, code }));
    } catch (refusal) {
      if (!CODE_IS_GONE.includes(refusal.code)) {
        throw refusal;
      }
      write("sessionStorage", PENDING, null);
      leaveNotice("code");
      await go(`${ui}/login${location.search}`);
    }
  });
}
