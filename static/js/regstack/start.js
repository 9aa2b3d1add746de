// The start: what every page has, then what the one that is open does.

import { all, page } from "./page.js";
import { isKnown, message } from "./messages.js";
import { SESSION, goOn, leave, takeNotice } from "./session.js";
import { placeFor, say } from "./say.js";
import { isNew, showRule, showable } from "./fields.js";
import * as door from "./door.js";
import { me } from "./account.js";

const PAGES = {
  login: door.login,
  register: door.register,
  verify: door.verify,
  forgot: door.forgot,
  reset: door.reset,
  "accept-invitation": door.acceptInvitation,
  "confirm-email-change": door.confirmEmailChange,
  "undo-email-change": door.undoEmailChange,
  "mfa-confirm": door.mfaConfirm,
  me,
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
const notice = takeNotice();
if (isKnown(`js-notice-${notice}`)) {
  say(placeFor(null), message(`js-notice-${notice}`), { code: "error", expired: "status" }[notice]);
}
// A page that comes back as it was left may show somebody who is gone, or wait for an answer that has come.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
// What another tab does counts here, too.
addEventListener("storage", ({ key, newValue }) => {
  if (key === SESSION && page === "me" && newValue === null) {
    leave("left");
  } else if (key === SESSION && page === "login" && newValue) {
    goOn();
  }
});
// The browser's own frame takes the colour of the page, whatever theme that has.
const frames = all("meta[name=theme-color]");
const dye = () => frames.forEach((frame) => (frame.content = getComputedStyle(document.body).backgroundColor));
dye();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dye);
// An address may name the section it is about: /account/me#password
const openNamed = () => all("details[id]").find(({ id }) => `#${id}` === location.hash)?.setAttribute("open", "");
addEventListener("hashchange", openNamed);
openNamed();
PAGES[page]?.();
