// The account's language: chosen on its page, which then shows itself in it.

import { find } from "./page.js";
import { own } from "./request.js";
import { leaveNotice, read, write } from "./session.js";
import { on } from "./forms.js";

const TRIED = "regstack.language";

const choice = () => find("[data-rs-form=update-language] [name=language]");

/** Has this browser show the pages in a language from now on; the server reads it from the same cookie. */
function keep(language) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `regstack_lang=${language}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  // The address would have the last word.
  const address = new URL(location.href);
  address.searchParams.delete("lang");
  history.replaceState(history.state, "", address);
  location.reload();
}

const isOffered = (language) => [...(choice()?.options ?? [])].some(({ value }) => value === language);

/** Shows the page in the account's own language, unless its address names another. */
export function showLanguage({ language }) {
  const here = document.documentElement.lang;
  if (choice()) {
    choice().value = here;
  }
  const named = new URLSearchParams(location.search).has("lang");
  // Once: a browser that keeps no cookies would ask for ever.
  if (language && language !== here && !named && isOffered(language) && read("sessionStorage", TRIED) !== language) {
    write("sessionStorage", TRIED, language);
    keep(language);
  }
}

export function wireLanguage() {
  on("update-language", async ({ language }) => {
    await own("PATCH", "/me", { language });
    write("sessionStorage", TRIED, language);
    leaveNotice("language");
    keep(language);
    await new Promise(() => {});
  });
}
