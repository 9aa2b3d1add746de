// Where somebody is logged in, on the account's page: the list, and ending what is in it.

import { all, find, make } from "./page.js";
import { isKnown, message, parts } from "./messages.js";
import { Refusal, wordsOf } from "./refusal.js";
import { own } from "./request.js";
import { say } from "./say.js";
import { isBusy } from "./forms.js";

const group = find("[data-rs-sessions]");
const MOST = 200;

const apart = (textContent) => make("bdi", { textContent });

const deviceOf = ({ browser, system }) => [browser, system].filter(Boolean).join(" · ") || message("js-session-unknown");

// What people call another provider that a login was made with.
let nameOfMethod = () => null;

function methodOf({ method }) {
  const name = nameOfMethod(method);
  if (name) {
    return name;
  }
  const key = `js-session-by-${method.replaceAll(/[+_]/g, "-")}`;
  return isKnown(key) ? message(key) : method;
}

function moment(text) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  return make("time", { dateTime: text, textContent: format.format(new Date(text)) });
}

function item(session) {
  const device = deviceOf(session);
  const line = (...words) => make("span", {}, ...words);
  const about = [
    line(...parts("js-session-seen", { time: moment(session.last_seen_at) })),
    line(...parts("js-session-since", { time: moment(session.created_at), method: methodOf(session) })),
  ];
  if (session.ip) {
    about.push(line(...parts("js-session-from", { ip: apart(session.ip) })));
  }
  // The names of programs are the same in all languages.
  const translate = !session.browser && !session.system;
  const label = make("span", { className: "rs-row-label", title: session.user_agent ?? "", translate }, apart(device));
  const row = make("div", { className: "rs-row" }, label, make("span", { className: "rs-row-value" }, ...about));
  if (session.is_current) {
    row.append(make("span", { className: "rs-row-do", textContent: message("js-session-current") }));
  } else {
    const end = make("button", { type: "button", className: "rs-again", textContent: message("js-session-end") });
    end.setAttribute("aria-label", message("js-session-end-named", { device }));
    end.addEventListener("click", () => act(end, `/sessions/${session.id}`, message("js-session-ended", { device })));
    row.append(end);
  }
  return make("li", { className: "rs-section" }, row);
}

async function act(button, path, words) {
  if (isBusy(button)) {
    return;
  }
  const place = find("[data-rs-session-message]", group);
  button.setAttribute("aria-busy", "true");
  try {
    await own("DELETE", path);
    await showSessions();
    find("h2", group).focus();
    say(place, words);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
    say(place, wordsOf(refusal), "error");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

export async function showSessions(naming = nameOfMethod) {
  nameOfMethod = naming;
  if (!group) {
    return;
  }
  const { items } = await own("GET", `/sessions?limit=${MOST}`);
  items.sort((one, other) => other.is_current - one.is_current);
  find("[data-rs-session-list]", group).replaceChildren(...items.map(item));
  group.hidden = false;
}

export function wireSessions() {
  for (const button of all("[data-rs-action=end-others]", group ?? make("div"))) {
    button.addEventListener("click", () => act(button, "/sessions", message("js-sessions-ended")));
  }
}
