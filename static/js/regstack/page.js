// The page that is open: what the server wrote into it, and how to get around in it.

export const { rsPage: page, rsApi: api = "/api/auth", rsUi: ui = "/account", rsTransport: transport, rsOrigins: origins = "", rsApp: app, rsSession: known } = document.body.dataset;

export const find = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Makes an element with these properties and children. */
export function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** The token of the mailed link that led here; the entry script took it out of the address. */
export const token = history.state?.rsToken ?? "";

export const forgetToken = () => history.replaceState({ ...history.state, rsToken: undefined }, "");

/** Goes to a page for good: what follows is not run, and forms stay as they wait. */
export function go(address) {
  location.replace(address);
  return new Promise(() => {});
}

/** An address of this site or of an origin that the server names, out of something that anybody may have written, or nothing. */
export function destination(address) {
  const named = [location.origin, ...origins.split(" ")].find((origin) => origin && address?.startsWith(origin));
  if (!named) {
    return onThisSite(address);
  }
  // Letter by letter: no user, no other port, no disguise; the server judges alike.
  const rest = address.slice(named.length);
  return /^(?:[/?#][!-~]*)?$/.test(rest) && !rest.includes("\\") && new URL(address).origin === named ? address : null;
}

/** The address that was asked to be led to, if it may be. */
export const next = () => destination(new URLSearchParams(location.search).get("next"));

/** The same as the end of an address of another page. */
export const carried = () => (next() ? `?${new URLSearchParams({ next: next() })}` : "");

function onThisSite(path) {
  // One slash, then no second, in no disguise: "//evil" and "/\evil" are other hosts, and white space is skipped.
  if (!/^\/(?![/\\])/.test(path ?? "") || /[\\\s\x00-\x1f]|%2f|%5c/i.test(path.split(/[?#]/)[0])) {
    return null;
  }
  try {
    const address = new URL(path, location.origin);
    return address.origin === location.origin && !address.pathname.startsWith("//") ? path : null;
  } catch {
    return null;
  }
}
