// The ways to do the second step of a login, of which one is open at a time.

import { all, find } from "./page.js";
import { METHODS, read } from "./session.js";
import { unmark } from "./fields.js";

/** The ways that the login may be ended by, the best first; none where a template or a server knows of no such thing. */
export const ways = () => JSON.parse(read("sessionStorage", METHODS) || "[]");

/** The way that is open, if there are several. */
let opened;

export const way = () => opened;

/** Opens one way, and offers the others. */
export function open(name) {
  opened = name;
  for (const part of all("[data-rs-for]")) {
    part.hidden = !part.dataset.rsFor.split(" ").includes(name);
  }
  for (const button of all("[data-rs-use]")) {
    button.hidden = button.dataset.rsUse === name || !ways().includes(button.dataset.rsUse);
  }
  const input = find("[data-rs-form=mfa-confirm] [name=code]");
  if (input) {
    // What an app shows has six digits, whatever those of an SMS have.
    input.dataset.rsMin ??= input.minLength;
    input.minLength = name === "totp" ? 6 : input.dataset.rsMin;
    input.value = "";
  }
  // What was wrong was said of another way.
  all("form[data-rs-for] input").forEach(unmark);
  find("form:not([hidden]) input:not([type=hidden])")?.focus();
}
