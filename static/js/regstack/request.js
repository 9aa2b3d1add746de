// Requests to the API.

import { api } from "./page.js";
import { Refusal } from "./refusal.js";
import { SESSION, leave, session, write } from "./session.js";

const PATIENCE = 45_000;

export async function request(method, path, data, { signedIn = false, token = signedIn && session() } = {}) {
  const headers = { accept: "application/json" };
  if (data) {
    headers["content-type"] = "application/json";
  }
  if (token) {
    headers.authorization = `Bearer ${token}`;
  }
  let answer, text;
  try {
    answer = await fetch(api + path, {
      method,
      headers,
      body: data && JSON.stringify(data),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    text = await answer.text();
  } catch (failure) {
    const late = failure.name === "TimeoutError";
    throw new Refusal({ code: late ? "late" : navigator.onLine === false ? "offline" : "away" });
  }
  let content = null;
  try {
    content = JSON.parse(text);
  } catch {
    // Some proxy's page, most likely; its status has to do.
  }
  if (answer.ok && content !== null) {
    return content;
  }
  const refusal = {
    status: answer.status,
    code: content?.code ?? (answer.status === 429 ? "rate_limited" : answer.status >= 500 ? "away" : "strange"),
    faults: Array.isArray(content?.detail) ? content.detail : [],
    wait: Math.max(0, Number(answer.headers.get("retry-after")) || 0),
    id: answer.headers.get("x-request-id") ?? "",
  };
  if (signedIn && refusal.code === "not_authenticated") {
    return leave("expired");
  }
  throw new Refusal(refusal);
}

/** A request of somebody who is logged in; whose session has ended is led to the login. */
export async function own(method, path, data) {
  const answer = await request(method, path, data, { signedIn: true });
  prolong();
  return answer;
}

// Once is enough: most servers renew none.
let tried = null;

function isHalfOver(token) {
  try {
    const { iat, exp } = JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    return Date.now() / 1000 >= (iat + exp) / 2;
  } catch {
    return false;
  }
}

/** Lets the session go on with a new token. One in a cookie does so by itself. */
async function prolong() {
  const token = session();
  if (!token || token === tried || !isHalfOver(token)) {
    return;
  }
  tried = token;
  try {
    const { access_token } = await request("POST", "/session/renew", undefined, { signedIn: false, token });
    // Somebody may have logged out, or in, meanwhile.
    if (access_token && session() === token) {
      write("localStorage", SESSION, access_token);
    }
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      throw refusal;
    }
  }
}
