// Asking for one more link or code: not at once, as the first may still be on its way.

import { all, find, make } from "./page.js";
import { message, parts } from "./messages.js";
import { on } from "./forms.js";
import { request } from "./request.js";
import { duration, placeFor, say } from "./say.js";
import { read, write } from "./session.js";

const KEY = "regstack.again";

const kept = () => JSON.parse(read("sessionStorage", KEY) || "{}");

/** Remembers that something was just sent that a form of this name would send once more; on this page or on the next. */
export const sent = (name) => write("sessionStorage", KEY, JSON.stringify({ ...kept(), [name]: Date.now() }));

const notes = new WeakMap();

/** Where the wait is said, below the button. */
function noteOf(form) {
  if (!notes.has(form)) {
    const note = make("p", { className: "rs-hint", role: "status", id: `rs-again-${form.dataset.rsForm}` });
    form.append(note);
    notes.set(form, note);
  }
  return notes.get(form);
}

/** Holds the forms of a name back, as long as their `data-rs-wait` says after the last message was sent. */
export function holdBack(name) {
  for (const form of all(`[data-rs-form="${name}"][data-rs-wait]`)) {
    const end = (kept()[name] ?? 0) + form.dataset.rsWait * 1000;
    const left = () => Math.ceil((end - Date.now()) / 1000);
    // A clock that was set back must not hold anybody for hours.
    if (left() <= 0 || left() > form.dataset.rsWait || "rsHeld" in form.dataset) {
      continue;
    }
    const [button, note] = [find("[type=submit]", form), noteOf(form)];
    const clock = make("time", { textContent: duration(left()) });
    // Read out once, and once more when the wait is over; not every second.
    clock.setAttribute("aria-live", "off");
    note.replaceChildren(...parts("js-again-in", { time: clock }));
    form.dataset.rsHeld = "";
    button.setAttribute("aria-disabled", "true");
    button.setAttribute("aria-describedby", note.id);
    const ticking = setInterval(() => {
      clock.textContent = duration(Math.max(left(), 0));
      if (left() <= 0) {
        clearInterval(ticking);
        delete form.dataset.rsHeld;
        button.setAttribute("aria-disabled", "false");
        note.textContent = message("js-again-now");
      }
    }, 1000);
  }
}

/** Asks for a new link that confirms an email address; `more` goes with the request. */
export function onResend(more = () => ({})) {
  on("resend-verification", async ({ email }, form) => {
    await request("POST", "/resend-verification", { email, ...more() });
    say(placeFor(form), message("js-verify-resent"));
    sent("resend-verification");
    holdBack("resend-verification");
  });
  holdBack("resend-verification");
}
