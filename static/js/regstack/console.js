// What the console does better with a script: it searches as somebody types, shows new events as they happen, and shows
// times where they are. Every page works without it, except the one that hands over a session that only scripts can read.

const { rcConsole: base, rcUi: ui } = document.body.dataset;
const SESSION = "regstack.access_token";
const ENTERED = "regstack.console_entered";
const PAUSE = 200;
const AT_ONCE = 5000;
const LOOK = 2000;
const LONGEST_WATCH = 1800;
const MOST_ROWS = 200;

const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Times are written in UTC; here they are those of the reader. */
function localise(within) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  for (const place of all("time[datetime]", within)) {
    place.title = place.textContent;
    place.textContent = format.format(new Date(place.dateTime));
    place.removeAttribute("dir");
  }
}

/** Shows the results of a search while it is typed. The address stays that of what is shown. */
function live(form) {
  let timer;
  let newest = 0;
  const show = async () => {
    const mine = ++newest;
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(filled).toString();
    const address = form.getAttribute("action") + (query && `?${query}`);
    const places = form.dataset.rcLive.split(" ");
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" }, redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== newest) {
        return;
      }
      if (!answer.ok || !places.every((id) => page.getElementById(id))) {
        throw new Error();
      }
      for (const id of places) {
        document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
        localise(document.getElementById(id));
      }
      history.replaceState(null, "", address);
    } catch {
      // The page itself says what is wrong.
      if (mine === newest) {
        location.assign(address);
      }
    }
  };
  form.addEventListener("input", ({ target }) => {
    clearTimeout(timer);
    timer = setTimeout(show, target.matches("[type=search]") ? PAUSE : 0);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show();
  });
}

/** Shows new rows of a list as they come. It waits while nobody looks, and ends after an hour: it would keep a forgotten
 * session alive. */
function tail(place) {
  const news = document.querySelector("[data-rc-news]");
  const rows = () => all("tr[data-id]", place);
  const look = async () => {
    const address = location.href;
    const answer = await fetch(address, { headers: { accept: "text/html" }, redirect: "manual" });
    if (answer.status >= 500) {
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(place.id);
    if (!answer.ok || !fresh) {
      // Somebody who was logged out is led to the login.
      location.reload();
      return;
    }
    if (location.href !== address) {
      return;
    }
    const known = new Set(rows().map((row) => row.dataset.id));
    const added = all("tr[data-id]", fresh).filter((row) => !known.has(row.dataset.id));
    if (added.length === 0) {
      return;
    }
    const body = place.querySelector("tbody");
    if (body) {
      // Rows that stay keep the focus.
      added.forEach((row) => row.classList.add("rc-new"));
      body.prepend(...added);
      rows().slice(MOST_ROWS).forEach((row) => row.remove());
      added.forEach(localise);
    } else {
      place.replaceChildren(...fresh.childNodes);
      localise(place);
    }
    news.textContent = "";
    news.textContent = news.dataset.rcNews;
  };
  let looks = 0;
  const watch = async () => {
    if (!document.hidden) {
      looks += 1;
      // A server that can't be reached is asked again.
      await look().catch(() => {});
    }
    if (looks >= LONGEST_WATCH) {
      location.assign(place.dataset.rcTail);
    } else {
      setTimeout(watch, LOOK);
    }
  };
  setTimeout(watch, LOOK);
}

/** Counts a lockout down to its end. */
function countdown(place) {
  const [before, during, after] = place.children;
  const clock = during.querySelector("[role=timer]");
  const end = Date.now() + Number(place.dataset.rcLeft) * 1000;
  const two = (number) => String(number).padStart(2, "0");
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      const hours = Math.floor(left / 3600);
      clock.textContent = `${hours ? `${hours}:` : ""}${two(Math.floor((left % 3600) / 60))}:${two(left % 60)}`;
      setTimeout(tick, 1000);
    } else {
      during.hidden = true;
      after.textContent = after.dataset.rcOver;
      place.dataset.rsTone = "success";
    }
  };
  before.hidden = true;
  during.hidden = false;
  tick();
}

/** Shows a field only while the choice beside it asks for it. */
function conditional(field) {
  const form = field.closest("form");
  const [name, value] = field.dataset.rcIf.split("=");
  const show = () => (field.hidden = new FormData(form).get(name) !== value);
  form.addEventListener("change", show);
  show();
}

/** Proves by a passkey who the administrator is, and sends the form that asked for it. */
async function provable(place) {
  const { isSupported, sign } = await import("./passkey.js");
  if (!isSupported()) {
    return;
  }
  const [form, failed] = [place.closest("form"), place.querySelector("[data-rc-failed]")];
  const send = async (path, fields) => {
    const answer = await fetch(`${base}/proof/passkey${path}`, { method: "POST", body: new URLSearchParams(fields), redirect: "error" });
    return answer.ok ? answer : Promise.reject(new Error());
  };
  place.querySelector("button").addEventListener("click", async () => {
    failed.hidden = true;
    try {
      const { pending_token, public_key } = await (await send("/start", {})).json();
      await send("", { pending_token, ...(await sign(public_key)) });
    } catch {
      failed.hidden = false;
      return;
    }
    all("[name=current_password]", form).forEach((input) => (input.disabled = true));
    const submit = form.querySelector("[type=submit]:not([formaction])");
    submit.disabled = false;
    form.requestSubmit(submit);
  });
  place.hidden = false;
}

/** A browser that keeps no cookies would come back for ever. */
function letsReload() {
  try {
    const before = Number(sessionStorage.getItem(ENTERED));
    sessionStorage.setItem(ENTERED, Date.now());
    return Date.now() - before > AT_ONCE;
  } catch {
    return false;
  }
}

/** Hands over the session from the storage of the pages, and opens the page that was asked for. */
async function enter(door) {
  let token = null;
  try {
    token = localStorage.getItem(SESSION);
  } catch {
    // A browser that keeps nothing has no session.
  }
  const back = location.pathname + location.search;
  const login = () => location.replace(`${ui}/login?${new URLSearchParams({ next: back })}`);
  if (!token) {
    return login();
  }
  let answer;
  try {
    const headers = { authorization: `Bearer ${token}`, accept: "text/html" };
    answer = await fetch(`${base}/session`, { method: "POST", headers, redirect: "error" });
  } catch {
    answer = null;
  }
  if (answer?.ok && letsReload()) {
    return location.reload();
  }
  if (answer?.status === 401) {
    return login();
  }
  if (answer?.status === 403) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return document.documentElement.replaceWith(document.adoptNode(page.documentElement));
  }
  door.querySelector("[data-rc-failed]").hidden = false;
}

localise(document);
document.querySelector(".rc-rooms [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
all("[data-rc-live]").forEach(live);
all("[data-rc-tail]").forEach(tail);
all("[data-rc-if]").forEach(conditional);
all("[data-rc-passkey]").forEach(provable);
all("[data-rc-left]").forEach(countdown);
all("[data-rc-door]").forEach(enter);
