// Passkeys on the account's page: the list, and adding, naming and removing one; loaded where passkeys are on.

import { all, find, make } from "./page.js";
import { message, parts } from "./messages.js";
import { Refusal } from "./refusal.js";
import { own } from "./request.js";
import { say } from "./say.js";
import { focusFirst, fieldsOf, on } from "./forms.js";
import { create, isSupported, proveAgain } from "./passkey.js";

const section = find("[data-rs-passkeys-section]");
const [add, rename, remove] = ["add", "rename", "remove"].map((act) => find(`[data-rs-form="passkey-${act}"]`));

let known = [];
let chosen = null;

/** Shows one form; to add one where none is named, if the browser can. */
function show(form, passkey = null) {
  chosen = passkey;
  for (const one of [add, rename, remove]) {
    one.hidden = one !== form || (one === add && !isSupported());
    one.reset();
  }
  all("[data-rs-passkey-named]", section).forEach((place) => (place.textContent = passkey?.name ?? ""));
  all("[name=name]", form).forEach((input) => (input.value = passkey?.name ?? navigator.userAgentData?.platform ?? ""));
  if (passkey) {
    focusFirst(fieldsOf(form));
  }
}

function day(text) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium" });
  return make("time", { dateTime: text, textContent: format.format(new Date(text)) });
}

function item(passkey) {
  const { name, created_at, last_used_at } = passkey;
  const line = (...words) => make("span", {}, ...words);
  const about = [
    line(...parts("js-passkey-made", { time: day(created_at) })),
    line(...(last_used_at ? parts("js-passkey-used", { time: day(last_used_at) }) : [message("js-passkey-unused")])),
  ];
  const act = (key, form) => {
    const button = make("button", { type: "button", className: "rs-again", textContent: message(`js-passkey-${key}`) });
    button.setAttribute("aria-label", message(`js-passkey-${key}-named`, { name }));
    button.addEventListener("click", () => show(form, passkey));
    return button;
  };
  const label = make("span", { className: "rs-row-label" }, make("bdi", { textContent: name }));
  const acts = make("span", { className: "rs-row-acts" }, act("rename", rename), act("remove", remove));
  return make("li", { className: "rs-section" }, make("div", { className: "rs-row" }, label, make("span", { className: "rs-row-value" }, ...about), acts));
}

export async function showPasskeys() {
  ({ items: known } = await own("GET", "/passkeys"));
  const count = known.length;
  all("[data-rs-passkeys-count]", section).forEach((place) => (place.textContent = count ? message("js-passkeys-count", { count }) : message("js-passkeys-none")));
  find("[data-rs-passkey-list]", section).replaceChildren(...known.map(item));
}

/** Does what takes a proof of who asks: the password, or else a passkey that the account has. */
async function proven(data, act) {
  const given = data.current_password ? { current_password: data.current_password } : {};
  try {
    return await act(given);
  } catch (refusal) {
    if (refusal.code !== "reauthentication_required" || !known.length || !isSupported()) {
      throw refusal;
    }
    const before = await own("GET", "/me");
    await proveAgain();
    // Somebody else's passkey is a login of somebody else.
    if ((await own("GET", "/me")).id !== before.id) {
      location.reload();
      return new Promise(() => {});
    }
    return act({});
  }
}

async function changed(words) {
  await showPasskeys();
  show(add);
  say(find(":scope > [data-rs-message]", section), words);
  find("summary", section).focus();
}

export function wirePasskeys() {
  on("passkey-add", async ({ name, ...data }) => {
    const { pending_token, public_key } = await proven(data, (proof) => own("POST", "/passkeys/start", proof));
    const made = await create(public_key);
    try {
      await own("POST", "/passkeys/finish", { pending_token, name, ...made });
    } catch (refusal) {
      throw refusal.code === "invalid_token" ? new Refusal({ code: "passkey_late" }) : refusal;
    }
    await changed(message("js-passkey-added"));
  });
  on("passkey-rename", async ({ name }) => {
    await own("PATCH", `/passkeys/${chosen.id}`, { name });
    await changed(message("js-passkey-renamed"));
  });
  on("passkey-remove", async (data) => {
    const { id } = chosen;
    await proven(data, (proof) => own("DELETE", `/passkeys/${id}`, proof));
    await changed(message("js-passkey-removed"));
  });
  for (const button of all("[data-rs-action=passkey-again]", section)) {
    button.addEventListener("click", () => show(add));
  }
  show(add);
}
