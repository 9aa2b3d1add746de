// Sends the requests of the page. Without scripts it is a reference all the same: the forms stay hidden.
"use strict";

const KEY = "regstack.docs.token";
const usesCookies = document.body.dataset.sessions === "cookie";
const tokenForm = document.querySelector("#token-form");

// Some browsers keep nothing for a page. The token then lasts as long as the page.
let inMemory = "";
const kept = {
  get token() {
    try { return sessionStorage.getItem(KEY) ?? inMemory; } catch { return inMemory; }
  },
  set token(value) {
    inMemory = value;
    try { value ? sessionStorage.setItem(KEY, value) : sessionStorage.removeItem(KEY); } catch { /* see above */ }
  },
};

function showToken() {
  const token = kept.token;
  tokenForm.elements.token.value = token;
  document.querySelector("#forget").hidden = !token;
  document.querySelector("#token-state").textContent = token
    ? "Requests from this page send this token."
    : usesCookies
      ? "Requests from this page send the browser's cookie, if there is one."
      : "Requests from this page send no token yet.";
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

/** The request that a form describes. */
function request(form) {
  const { method } = form.dataset;
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = {};
  let body;
  for (const field of form.querySelectorAll("[data-place]")) {
    const { value, name } = field;
    if (field.dataset.place === "body") {
      body = value;
      headers["content-type"] = "application/json";
    } else if (field.dataset.place === "path") {
      path = path.replace(`{${name}}`, encodeURIComponent(value));
    } else if (value && field.dataset.place === "query") {
      query.set(name, value);
    } else if (value) {
      headers[name] = value;
    }
  }
  const token = kept.token;
  if (token) headers.authorization = `Bearer ${token}`;
  // The page stands beside the API, wherever both are mounted. A session is sent in one way only.
  const root = new URL(".", location.href).href;
  const url = new URL(path.slice(1) + (query.size ? `?${query}` : ""), root);
  return [url, { method, headers, body, credentials: token ? "omit" : "same-origin" }];
}

async function send(form) {
  const result = form.querySelector(".result");
  const button = form.querySelector("button");
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(...request(form));
    const text = await answer.text();
    const isJson = (answer.headers.get("content-type") ?? "").includes("json");
    const json = isJson ? JSON.parse(text) : null;
    const wait = answer.headers.get("retry-after");
    const status = `${answer.status} ${answer.statusText}${wait ? `, try again in ${wait} seconds` : ""}`;
    const shown = element("pre", json ? JSON.stringify(json, null, 2) : text.slice(0, 4000));
    shown.tabIndex = 0;
    const parts = [element("p", status, answer.ok ? "good" : "bad")];
    if (json?.access_token) {
      kept.token = json.access_token;
      parts.push(element("p", "You're logged in. Requests from this page send this token from now on."));
    } else if (json?.token_type === "cookie") {
      kept.token = "";
      parts.push(element("p", "You're logged in. The browser keeps the session in a cookie."));
    }
    if (form.dataset.path.endsWith("/logout") && answer.ok) kept.token = "";
    result.replaceChildren(...parts, shown);
    showToken();
  } catch {
    result.replaceChildren(element("p", "The server can't be reached.", "bad"));
  }
  button.removeAttribute("aria-disabled");
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}

for (const form of document.querySelectorAll("form.try")) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form === tokenForm) {
      kept.token = form.elements.token.value.trim();
      showToken();
    } else if (!form.querySelector("[aria-disabled]")) {
      send(form);
    }
  });
}
document.querySelector("#forget").addEventListener("click", () => {
  kept.token = "";
  showToken();
  tokenForm.elements.token.focus();
});
addEventListener("hashchange", openTarget);
showToken();
openTarget();
