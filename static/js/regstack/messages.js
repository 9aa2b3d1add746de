// The words of the script. The server writes those of the page's language into the page, by key: a text with {name} for
// its variables, or one such text for each plural form. Keys of the API's errors are "error-" and the error's code.

const plural = new Intl.PluralRules(document.documentElement.lang || "en");

const words = JSON.parse(document.getElementById("rs-messages")?.textContent || "{}");

export const isKnown = (key) => Object.hasOwn(words, key);

/** A message in parts: its text, with what was given for each variable in its place, be it text or an element. */
export function parts(key, values = {}) {
  const said = words[key] ?? key;
  const text = typeof said === "string" ? said : (said[plural.select(values.count ?? 0)] ?? said.other);
  return text.split(/\{([\w-]+)\}/).map((part, at) => (at % 2 ? (values[part] ?? "") : part));
}

/** A message as text. */
export const message = (key, values) => parts(key, values).join("");
