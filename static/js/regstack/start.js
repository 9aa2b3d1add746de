// The start: what every page has, then what the one that is open does.

import { all, page } from "./page.js";
import { isKnown, message } from "./messages.js";
import { SESSION, goOn, keptEmail, leave, takeNotice } from "./session.js";
import { placeFor, say } from "./say.js";
import { isNew, showRule, showable } from "./fields.js";

/** What each page does, by the name of what does it. */
const PAGES = {
  login: "login",
  register: "register",
  verify: "verify",
  forgot: "forgot",
  reset: "reset",
  "accept-invitation": "acceptInvitation",
  "confirm-email-change": "confirmEmailChange",
  "undo-email-change": "undoEmailChange",
  "mfa-confirm": "mfaConfirm",
  "oauth-complete": "oauthComplete",
  me: "me",
};

for (const place of all("[data-rs-message]")) {
  say(place, "");
}
for (const input of all("input[type=password]")) {
  showable(input);
  if (isNew(input)) {
    showRule(input);
  }
}
// For password managers, which want to know whose password it is; where that is known.
all("[data-rs-username]").forEach((input) => (input.value ||= keptEmail()));
const notice = takeNotice();
if (isKnown(`js-notice-${notice}`)) {
  say(placeFor(null), message(`js-notice-${notice}`), { code: "error", expired: "status" }[notice]);
}
// A page that comes back as it was left may show somebody who is gone, or wait for an answer that has come.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
// What another tab does counts here, too.
addEventListener("storage", ({ key, newValue }) => {
  if (key === SESSION && page === "me" && newValue === null) {
    leave("told");
  } else if (key === SESSION && page === "login" && newValue) {
    goOn();
  }
});
// The browser's own frame takes the colour of the page, whatever theme that has.
const frames = all("meta[name=theme-color]");
const dye = () => frames.forEach((frame) => (frame.content = getComputedStyle(document.body).backgroundColor));
dye();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dye);
// Whoever has no account yet loads nothing of its page.
const acts = PAGES[page] && (await (page === "me" ? import("./account.js") : import("./door.js")));
acts?.[PAGES[page]]();
