// Shows what arrives, and times as they are here. Without scripts the page is the same, and has to be reloaded.
"use strict";

const SECONDS = 2;

function localTimes(root) {
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    const isToday = at.toDateString() === new Date().toDateString();
    const short = isToday ? { timeStyle: "short" } : { dateStyle: "medium" };
    time.textContent = at.toLocaleString(undefined, "long" in time.dataset ? { dateStyle: "medium", timeStyle: "medium" } : short);
    time.title = time.dateTime;
  }
}

/** Puts the new part in the place of the old one, unless they are the same. */
function replace(selector, fresh) {
  const old = document.querySelector(selector);
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const { scrollTop } = old;
  old.replaceWith(fresh.querySelector(selector));
  const now = document.querySelector(selector);
  now.scrollTop = scrollTop;
  if (focused) now.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
}

async function refresh() {
  if (document.hidden) return;
  let text;
  try {
    text = await (await fetch(location.href, { headers: { accept: "text/html" } })).text();
  } catch {
    // The server is being restarted: the next time will tell.
    return;
  }
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const [before, after] = [document, fresh].map((page) => page.querySelector("main"));
  if (!after || before.dataset.newest === after.dataset.newest) return;
  localTimes(fresh);
  document.title = fresh.title;
  before.dataset.newest = after.dataset.newest;
  replace("#list", fresh);
  replace("header button", fresh);
  // Who reads a message is left to read it.
  if ("follows" in before.dataset) replace("#message", fresh);
  const subject = after.querySelector("#list .subject");
  document.querySelector("#news").textContent = subject ? `New message: ${subject.textContent}` : "";
}

localTimes(document);
setInterval(refresh, SECONDS * 1000);
document.addEventListener("visibilitychange", refresh);

// Search as one types.
let typed;
const search = document.querySelector("#q");
search.addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(() => {
    const address = new URL(location.href);
    address.searchParams.delete("message");
    search.value ? address.searchParams.set("q", search.value) : address.searchParams.delete("q");
    history.replaceState(null, "", address);
    document.querySelector("main").dataset.newest = "?";
    document.querySelector("main").dataset.follows = "";
    refresh();
  }, 200);
});
