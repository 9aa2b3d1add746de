// Forms: sending one, and showing why it was refused. A form is being filled in, under way (aria-busy), held back for a
// while (data-rs-held), or refused; its message says which.

import { all, find, page, ui } from "./page.js";
import { message, parts } from "./messages.js";
import { ABOUT, REMEDIES, Refusal, wordsOf } from "./refusal.js";
import { linkTo, placeFor, say, sayWait } from "./say.js";
import { forgetDraft } from "./drafts.js";
import { complaint, fault, hide, mark, unmark } from "./fields.js";

/** Fields of a form that can be filled in now. */
export const fieldsOf = (form) => [...form.elements].filter((input) => input.matches("input, select") && input.type !== "hidden" && !input.closest("[hidden]"));

/** What is sent: the fields by their names, as the API wants them. */
function values(form) {
  const data = {};
  for (const { name, value } of form.elements) {
    if (name === "phone_number") {
      data[name] = value.replace(/[\s()./-]/g, "").replace(/^00/, "+");
    } else if (name === "code") {
      data[name] = value.replace(/[\s-]/g, "");
    } else if (name) {
      data[name] = value;
    }
  }
  return data;
}

export function focusFirst(inputs) {
  const [first] = inputs;
  first?.closest("details")?.setAttribute("open", "");
  first?.focus();
}

function setBusy(form, busy) {
  form.setAttribute("aria-busy", String(busy));
  // Not `disabled`, which would throw the focus away.
  for (const button of all("[type=submit]", form)) {
    button.setAttribute("aria-disabled", String(busy || "rsHeld" in form.dataset));
  }
}

export const isBusy = (element) => element.getAttribute("aria-busy") === "true";

/** Shows why a form was refused: at the fields where it can, else as a message. */
function showRefusal(form, refusal) {
  const fields = fieldsOf(form);
  const at = (names) => fields.find((input) => names.includes(input.name));
  const words = wordsOf(refusal);
  const remedy = REMEDIES[refusal.code];
  const withRemedy = remedy ? [`${words} `, linkTo(remedy)] : words;
  const marked = [];
  for (const one of refusal.faults) {
    const input = at([one.loc?.[1]]);
    if (input) {
      mark(input, fault(one, input));
      marked.push(input);
    }
  }
  const about = at(ABOUT[refusal.code] ?? []);
  if (about) {
    mark(about, withRemedy);
    marked.push(about);
  }
  const place = placeFor(form);
  if (refusal.wait) {
    // Resetting the password ends a lockout; the link is there where a reset is possible.
    const unlocks = refusal.code === "locked" && find(`a[href^="${ui}/forgot"]`);
    const more = unlocks ? [" ", ...parts("js-unlock", { link: linkTo(["js-unlock-link", unlocks.getAttribute("href")]) })] : [];
    sayWait(place, words, refusal.wait, ...more);
  } else if (!marked.length) {
    say(place, withRemedy, "error");
  }
  // In the order of the form, which need not be that of the faults.
  focusFirst(fields.filter((input) => marked.includes(input)));
  if (refusal.code === "invalid_credentials") {
    // Most often it is the password; what is typed next takes its place.
    const password = at(["password"]);
    password?.focus();
    password?.select();
  }
}

/** Shows what is wrong with what is filled in; whether anything is. */
function complain(form) {
  const fields = fieldsOf(form);
  fields.forEach(unmark);
  const wrong = fields.filter((input) => {
    const words = complaint(input);
    if (words) {
      mark(input, words);
    }
    return words;
  });
  focusFirst(wrong);
  return wrong.length > 0;
}

/** Makes the forms of a name do `act` with what is filled in, once `agreed` has said yes, where there is such a question. */
export function on(name, act, agreed) {
  for (const form of all(`[data-rs-form="${name}"]`)) {
    form.noValidate = true;
    form.addEventListener("input", ({ target }) => unmark(target));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isBusy(form) || "rsHeld" in form.dataset) {
        return;
      }
      say(placeFor(form), "");
      if (complain(form)) {
        return;
      }
      // Browsers offer to keep what was in a password field, and nothing else.
      all(".rs-secret input", form).forEach(hide);
      if (agreed && !(await agreed(form))) {
        return;
      }
      setBusy(form, true);
      // Whoever waits that long wants to know that something is under way.
      const slow = setTimeout(() => say(placeFor(form), message("js-working"), "status"), 2000);
      try {
        await act(values(form), form);
        if (page === "me") {
          forgetDraft(form);
        }
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) {
          say(placeFor(form), message("error-other"), "error");
          throw refusal;
        }
        showRefusal(form, refusal);
      } finally {
        clearTimeout(slow);
        if (placeFor(form)?.dataset.rsTone === "status") {
          say(placeFor(form), "");
        }
        setBusy(form, false);
      }
    });
  }
}
