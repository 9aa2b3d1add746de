// Logging in with other providers: the way there and back, and what the account is linked to.

import { all, destination, find, make, next, ui } from "./page.js";
import { isKnown, message, parts } from "./messages.js";
import { Refusal, wordsOf } from "./refusal.js";
import { own, request } from "./request.js";
import { enter } from "./session.js";
import { placeFor, say } from "./say.js";
import { isBusy } from "./forms.js";
import { ask } from "./dialog.js";

// What all of these mean to people is the same.
const ALIKE = ["missing_code_or_state", "unknown_provider", "token_exchange_failed", "id_token_failed", "oauth_failed"];

const wordsFor = (code) => wordsOf({ code: ALIKE.includes(code) || !isKnown(`error-${code}`) ? "oauth_failed" : code });

/** Takes a parameter out of the address: a reload says nothing twice. */
function take(name) {
  const address = new URL(location.href);
  const value = address.searchParams.get(name);
  if (value !== null) {
    address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
  }
  return value;
}

/** The buttons of the login and of the sign-up, and what a provider has led back with. */
export function offer() {
  if (next()) {
    const carried = new URLSearchParams({ redirect_to: next() });
    all("[data-rs-oauth-link]").forEach((link) => link.setAttribute("href", `${link.getAttribute("href")}?${carried}`));
  }
  const error = take("error");
  if (error) {
    say(placeFor(null), wordsFor(error), "error");
  }
}

/** The page where the browser fetches its session. */
export async function complete() {
  const id = take("id");
  try {
    const answer = await request("POST", "/oauth/exchange", { id: id || "-" });
    const target = destination(answer.redirect_to) ?? `${ui}/me`;
    // The second step, and what comes after it, are led on by the address.
    history.replaceState(history.state, "", `${location.pathname}?${new URLSearchParams({ next: target })}`);
    await enter(answer.mfa_required ? answer.mfa : { access_token: answer.access_token || null });
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    const code = refusal.code === "not_found" || refusal.code === "validation_error" ? "bad_state" : refusal.code;
    say(placeFor(null), wordsOf({ ...refusal, code }), "error");
    all("[data-rs-working]").forEach((part) => (part.hidden = true));
    all("[data-rs-failed]").forEach((part) => (part.hidden = false));
  }
}

const group = find("[data-rs-oauth-section]");

/** What people call a provider. */
const nameOf = (id) => find(`[data-rs-provider="${CSS.escape(id)}"]`, group)?.dataset.rsName ?? id;

export const nameOfMethod = (method) => (method.startsWith("oidc:") ? nameOf(method.slice(5)) : null);

async function act(button, does) {
  if (isBusy(button)) {
    return;
  }
  button.setAttribute("aria-busy", "true");
  try {
    await does();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    say(find("[data-rs-oauth-message]", group), wordsOf(refusal), "error");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function button(id, does) {
  const [name, key] = [nameOf(id), `js-provider-${does}`];
  const element = make("button", { type: "button", className: "rs-again", textContent: message(key) });
  element.setAttribute("aria-label", message(`${key}-named`, { provider: name }));
  return element;
}

function linkButton(id) {
  const element = button(id, "link");
  element.addEventListener("click", () =>
    act(element, async () => {
      const back = new URLSearchParams({ redirect_to: `${ui}/me?linked=${id}` });
      const { authorization_url } = await own("POST", `/oauth/${id}/link/start?${back}`, {});
      location.assign(authorization_url);
    }),
  );
  return element;
}

function unlinkButton(id) {
  const element = button(id, "unlink");
  element.addEventListener("click", async () => {
    const provider = nameOf(id);
    if (!(await ask(message("js-provider-unlink-sure", { provider }), message("js-provider-unlink")))) {
      return;
    }
    await act(element, async () => {
      await own("DELETE", `/oauth/${id}/link`, {});
      await showProviders();
      find("h2", group).focus();
      say(find("[data-rs-oauth-message]", group), message("js-provider-unlinked", { provider }));
    });
  });
  return element;
}

/** What the account is linked to. */
export async function showProviders() {
  if (!group) {
    return;
  }
  const { available, linked } = await own("GET", "/oauth/providers");
  const date = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium" });
  const rest = linked.filter(({ provider }) => !available.includes(provider)).map(({ provider }) => provider);
  const items = [...available, ...rest].map((id) => {
    const link = linked.find(({ provider }) => provider === id);
    const line = (...words) => make("span", {}, ...words);
    const about = link
      ? [
          ...(link.email ? [line(make("bdi", { textContent: link.email }))] : []),
          line(...parts("js-provider-since", { time: make("time", { dateTime: link.linked_at, textContent: date.format(new Date(link.linked_at)) }) })),
        ]
      : [line(message("js-provider-none"))];
    const label = make("span", { className: "rs-row-label", translate: false, textContent: nameOf(id) });
    const row = make("div", { className: "rs-row" }, label, make("span", { className: "rs-row-value" }, ...about), link ? unlinkButton(id) : linkButton(id));
    const item = make("li", { className: "rs-section" }, row);
    item.dataset.rsProvider = id;
    item.dataset.rsName = nameOf(id);
    return item;
  });
  find("[data-rs-oauth-list]", group).replaceChildren(...items);
  group.hidden = false;
  const [done, error] = [take("linked"), take("error")];
  const place = find("[data-rs-oauth-message]", group);
  if (error) {
    say(place, wordsFor(error), "error");
  } else if (done && linked.some(({ provider }) => provider === done)) {
    say(place, message("js-provider-linked", { provider: nameOf(done) }));
  }
}
