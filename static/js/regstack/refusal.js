// Why something was not done, and the words for it.

import { ui } from "./page.js";
import { isKnown, message } from "./messages.js";

/** Why something was not done: a code of the API's, or of ours where there was no answer. */
export class Refusal extends Error {
  constructor({ code, status = 0, faults = [], wait = 0, id = "" }) {
    super(code);
    Object.assign(this, { code, status, faults, wait, id });
  }
}

/** The field that a refusal is about; the first of these that the form has. */
export const ABOUT = {
  wrong_password: ["current_password", "password"],
  password_unchanged: ["new_password"],
  same_email: ["new_email"],
  email_taken: ["email"],
  invalid_phone: ["phone_number"],
  wrong_code: ["code", "recovery_code"],
};

/** What can be done about a refusal: words, and where they lead. */
export const REMEDIES = {
  email_unverified: ["js-get-new-link", `${ui}/verify#new`],
  email_taken: ["js-log-in", `${ui}/login`],
};

/** Refusals after which a code is of no use any more. */
export const CODE_IS_GONE = ["invalid_token", "code_expired", "no_code"];

export function wordsOf({ code, id = "" }) {
  const problem = message(isKnown(`error-${code}`) ? `error-${code}` : "error-other");
  return code === "internal" && id ? message("js-quote-code", { problem, code: id }) : problem;
}
