// Which other providers the account is linked to, on its page.

import { find, make, ui } from "./page.js";
import { message, parts } from "./messages.js";
import { Refusal, wordsOf } from "./refusal.js";
import { own } from "./request.js";
import { say } from "./say.js";
import { isBusy } from "./forms.js";
import { ask } from "./dialog.js";
import { take, wordsFor } from "./providers.js";

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
    // There is no field for the password here.
    const code = refusal.code === "reauthentication_required" ? "old_login" : refusal.code;
    say(find("[data-rs-oauth-message]", group), wordsOf({ ...refusal, code }), "error");
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
