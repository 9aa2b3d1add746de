// What was typed and not sent, kept in this tab: a reload or a session that ends loses none of it. Never a password or a code.

import { all, page } from "./page.js";
import { DRAFT as KEY, read, write } from "./session.js";

const HARMLESS = ["full_name", "new_email", "phone_number"];

const kept = () => JSON.parse(read("sessionStorage", KEY) || "{}");

const fields = (within) => all("input", within).filter(({ name, type }) => HARMLESS.includes(name) && type !== "hidden");

/** Keeps what is typed on this page, and fills in what was typed there by the same person before. */
export function keepDrafts(who = "") {
  const whose = `${page} ${who}`;
  const mine = kept().whose === whose ? kept().values : {};
  for (const input of fields()) {
    input.value = mine[input.name] ?? input.value;
    input.oninput = () => {
      mine[input.name] = input.value;
      write("sessionStorage", KEY, JSON.stringify({ whose, values: mine }));
    };
  }
}

/** Forgets what was typed into a form that has been sent, or into any. */
export function forgetDraft(form) {
  const { whose, values = {} } = kept();
  const names = form ? fields(form).map(({ name }) => name) : HARMLESS;
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
  write("sessionStorage", KEY, Object.keys(rest).length ? JSON.stringify({ whose, values: rest }) : null);
}
