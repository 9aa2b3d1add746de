// Fields: what is wrong with one, what a new password needs, and the button that shows a password.

import { find, make } from "./page.js";
import { isKnown, message } from "./messages.js";

let named = 0;
const idOf = (element) => (element.id ||= `rs-${(named += 1)}`);

/** Makes one element a description of a field, or no longer. */
function describe(input, element, does) {
  const ids = new Set((input.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean));
  ids[does ? "add" : "delete"](idOf(element));
  if (ids.size) {
    input.setAttribute("aria-describedby", [...ids].join(" "));
  } else {
    input.removeAttribute("aria-describedby");
  }
}

/** Puts an element under a field. A label may be around it, and what is in a label is the field's name. */
function putUnder(input, element) {
  const field = input.closest(".rs-field") ?? input;
  if (field.matches("div.rs-field")) {
    field.append(element);
  } else {
    field.after(element);
  }
}

const marks = new Map();
const rules = new Map();

/** Shows the rule of a new password, or is silent about it while an error says the same. */
function hint(input, shown) {
  const note = rules.get(input);
  if (note) {
    note.hidden = !shown;
    describe(input, note, shown);
  }
}

/** Says at a field what is wrong with it: text, or parts of which some are elements. */
export function mark(input, words) {
  unmark(input);
  hint(input, false);
  const error = make("p", { className: "rs-error" }, ...[words].flat());
  putUnder(input, error);
  input.setAttribute("aria-invalid", "true");
  describe(input, error, true);
  marks.set(input, error);
}

export function unmark(input) {
  const error = marks.get(input);
  if (error) {
    describe(input, error, false);
    input.removeAttribute("aria-invalid");
    error.remove();
    marks.delete(input);
    hint(input, true);
  }
}

/** What a field is called; what stands behind that in an element of its own ("optional") is no part of it. */
const labelOf = (input) => input.closest(".rs-field")?.querySelector(".rs-label")?.firstChild?.textContent.trim() || message("js-field");

export const isNew = (input) => input.autocomplete === "new-password";

/** What is wrong with what is in a field, before it is sent. */
export function complaint(input) {
  const { name, value, validity, minLength } = input;
  const length = [...value].length;
  const field = labelOf(input);
  if (validity.valueMissing || (input.required && !value.trim())) {
    if (/password/.test(name)) {
      return message(isNew(input) ? "js-choose-password" : "js-enter-password");
    }
    return isKnown(`js-enter-${name}`) ? message(`js-enter-${name}`) : message("js-required", { field });
  }
  if (name === "code" && input.inputMode !== "text" && !/^[\d\s-]*$/.test(value)) {
    return message("js-digits-only");
  }
  if (minLength > 0 && length && length < minLength) {
    return message(isNew(input) ? "js-password-short" : "js-too-short", { field, count: minLength });
  }
  if (validity.patternMismatch && name !== "phone_number" && name !== "code") {
    return message("js-format", { field });
  }
  return null;
}

/** What is wrong with a field, after the API has seen it. */
export function fault({ type }, input) {
  const field = labelOf(input);
  if (type === "string_too_long") {
    return input.maxLength > 0 ? message("js-too-long", { field, count: input.maxLength }) : message("js-too-long-unknown", { field });
  }
  if (type === "string_too_short" && isNew(input)) {
    return message("js-password-short", { count: 8 });
  }
  if (type === "value_error" && /email/.test(input.name)) {
    return message("js-email-format");
  }
  if (type === "email_not_reached") {
    return message("js-email-unreached");
  }
  if (type === "password_too_weak") {
    return message("js-password-weak");
  }
  // The API's own words are in English.
  return input.name === "phone_number" ? message("error-invalid_phone") : message("js-format", { field });
}

/** Says below a new password what the server asks for. How good it is, the server alone judges. */
export function showRule(input) {
  const count = Math.max(input.minLength, 8);
  const note = make("p", { className: "rs-hint", textContent: message("js-password-rule", { count }) });
  putUnder(input, note);
  rules.set(input, note);
  hint(input, true);
}

/** Hides a password that is shown. */
export const hide = (input) => input.type === "text" && find(".rs-reveal", input.parentElement)?.click();

/** Gives a password a button that shows it. */
export function showable(input) {
  const label = input.closest("label");
  if (label) {
    // The button must not become part of the field's name.
    input.setAttribute("aria-labelledby", idOf(find(".rs-label", label) ?? label));
  }
  const around = make("span", { className: "rs-secret" });
  const button = make("button", { type: "button", className: "rs-reveal" });
  const letters = Math.max(message("js-show").length, message("js-hide").length);
  around.style.setProperty("--rs-reveal-letters", letters);
  const set = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = message(shown ? "js-hide" : "js-show");
    button.setAttribute("aria-label", message(shown ? "js-hide-password" : "js-show-password"));
  };
  const focused = document.activeElement === input;
  Object.assign(input, { autocapitalize: "none", spellcheck: false });
  input.replaceWith(around);
  around.append(input, button);
  set(false);
  if (focused) {
    input.focus();
  }
  button.addEventListener("click", () => set(input.type === "password"));
}
