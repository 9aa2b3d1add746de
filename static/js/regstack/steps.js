// What a page comes to: done, or a mailed link that is dead.

import { all, find, forgetToken, make, token } from "./page.js";
import { message } from "./messages.js";
import { placeFor, say } from "./say.js";
import { on } from "./forms.js";
import { readable } from "./idn.js";

/**
 * Shows that a page has done what it is for. A reload shows the same; where `form` can be sent again, the back button
 * leads to it.
 */
export function done(words, { email, next } = {}, form) {
  if (find("[data-rs-done]")) {
    history[form ? "pushState" : "replaceState"]({ ...history.state, rsDone: { email, next } }, "");
  }
  showDone(words, { email });
}

/** Whether the page had done what it is for when it was left; it shows that, and `act` is told of what. */
export function resumes(act = () => {}) {
  const was = history.state?.rsDone;
  addEventListener("popstate", ({ state }) => (state?.rsDone ? showDone("", state.rsDone) : showStart()));
  if (!was || !find("[data-rs-done]")) {
    return false;
  }
  showDone("", was);
  act(was);
  return true;
}

/** The form again, with what was typed: somebody looks for a mistake in it. */
function showStart() {
  const [start, end] = [find("[data-rs-start]"), find("[data-rs-done]")];
  if (start && end) {
    start.hidden = false;
    end.hidden = true;
    const email = find("input[name=email]", start);
    email?.focus();
    email?.select();
  }
}

function showDone(words, { email } = {}) {
  const [start, end] = [find("[data-rs-start]"), find("[data-rs-done]")];
  for (const status of all("[data-rs-status]")) {
    status.dataset.rsStatus = "done";
  }
  if (!end) {
    // A template that knows no such part.
    all("[data-rs-status]").forEach((status) => (status.textContent = words));
    all("form").forEach((form) => (form.hidden = true));
    say(placeFor(null), words);
    return;
  }
  if (start) {
    start.hidden = true;
  }
  end.hidden = false;
  all("[data-rs-field=email]", end).forEach((place) => (place.textContent = readable(email)));
  all("input[name=email]", end).forEach((input) => (input.value = email));
  say(placeFor(null), "");
  find(".rs-title", end)?.focus();
}

/** Shows that a link is dead, and what can be done instead. */
function deadLink(form, code) {
  forgetToken();
  for (const one of [form, ...all("[data-rs-token]").map((input) => input.form)]) {
    one.hidden = true;
  }
  for (const status of all("[data-rs-status]")) {
    Object.assign(status.dataset, { rsStatus: "failed" });
    status.hidden = true;
  }
  all("[data-rs-renew]").forEach((part) => (part.hidden = false));
  say(placeFor(null), message(`error-${code}`), "error");
}

/** The form for a template that relies on a script that acts at once. This one waits for a press, which no scanner of mail makes. */
function formOfOurOwn(name) {
  const button = make("button", { type: "submit", className: "rs-btn rs-btn-primary", textContent: message("js-confirm") });
  const form = make("form", { className: "rs-form", method: "post" }, button);
  form.dataset.rsForm = name;
  const status = find("[data-rs-status]");
  if (status) {
    status.after(form);
    status.textContent = message("js-confirm-asked");
    const title = find(".rs-title");
    if (title) {
      title.textContent = document.title.split(" — ")[0];
    }
  }
  return form;
}

/** A form that uses the token of a mailed link. */
export function onLink(name, act) {
  const form = find(`[data-rs-form="${name}"]`) ?? formOfOurOwn(name);
  all("[data-rs-token]").forEach((input) => (input.value = token));
  on(name, async (data, form) => {
    try {
      await act({ ...data, token });
    } catch (refusal) {
      if (refusal.code !== "invalid_token") {
        throw refusal;
      }
      deadLink(form, refusal.code);
    }
  });
  if (!token) {
    deadLink(form, "missing_token");
  }
}
