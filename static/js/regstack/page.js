// The page that is open: what the server wrote into it, and how to get around in it.

export const { rsPage: page, rsApi: api = "/api/auth", rsUi: ui = "/account", rsTransport: transport } = document.body.dataset;

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

/** An address on this site out of something that anybody may have written, or nothing. */
export function onThisSite(path) {
  // One slash, then no second, in no disguise: "//evil" and "/\evil" are other hosts, and white space is skipped.
  if (!/^\/(?![/\\])/.test(path ?? "") || /[\\\s\x00-\x1f]|%2f|%5c/i.test(path.split(/[?#]/)[0])) {
    return null;
  }
  try {
    const address = new URL(path, location.origin);
    return address.origin === location.origin && !address.pathname.startsWith("//") ? address.href : null;
  } catch {
    return null;
  }
}
