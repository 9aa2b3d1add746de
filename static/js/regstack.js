// What the pages do. Each form is one request to the API, made when it is submitted; loading a page changes nothing.
//
// From the top: surroundings, session, requests, words, messages, fields, forms, the pages, the start.
// It hangs on the attributes data-rs-*; without the helpful ones (data-rs-start, data-rs-done, data-rs-renew,
// data-rs-username, a data-rs-message of a form's own) it makes do with the rest.
(() => {
  "use strict";

  // ---- Surroundings ----

  const { rsPage: page, rsApi: api = "/api/auth", rsUi: ui = "/account", rsTransport: transport } = document.body.dataset;
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // First of all the token of a mailed link leaves the address bar, and with that what others may see of it. It stays
  // with this entry of the tab's history, so that a reload does not lose it.
  const token = (() => {
    const address = new URL(location.href);
    const mailed = address.searchParams.get("token");
    if (mailed !== null) {
      address.searchParams.delete("token");
      history.replaceState({ ...history.state, rsToken: mailed }, "", address);
    }
    return mailed ?? history.state?.rsToken ?? "";
  })();

  const forgetToken = () => history.replaceState({ ...history.state, rsToken: undefined }, "");

  /** Goes to a page for good: what follows is not run, and forms stay as they wait. */
  function go(address) {
    location.replace(address);
    return new Promise(() => {});
  }

  /** An address on this site out of something that anybody may have written, or nothing. */
  function onThisSite(path) {
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

  // ---- Session ----

  const SESSION = "regstack.access_token";
  const PENDING = "regstack.mfa_pending";
  const NOTICE = "regstack.notice";

  function read(storage, key) {
    try {
      return window[storage].getItem(key);
    } catch {
      return null;
    }
  }

  function write(storage, key, value) {
    try {
      if (value === null) {
        window[storage].removeItem(key);
      } else {
        window[storage].setItem(key, value);
      }
      return true;
    } catch {
      return value === null;
    }
  }

  /** The token that goes with requests; with the cookie transport there is none that a script could see. */
  const session = () => (transport === "cookie" ? null : read("localStorage", SESSION));

  /** Leaves the session behind and goes to the login, which says why. */
  function leave(notice) {
    write("localStorage", SESSION, null);
    write("sessionStorage", PENDING, null);
    if (notice) {
      write("sessionStorage", NOTICE, notice);
    }
    const here = location.pathname + location.search + location.hash;
    // Whoever has left on purpose, or changed what the login asks for, begins anew.
    const returns = page === "me" && (!notice || notice === "expired") && here !== `${ui}/me`;
    const next = returns ? `?next=${encodeURIComponent(here)}` : "";
    return go(`${ui}/login${next}`);
  }

  /** Where a login leads: back to where it was asked for, else to the account. */
  const goOn = () => go(onThisSite(new URLSearchParams(location.search).get("next")) ?? `${ui}/me`);

  /** What a login answers, kept. */
  function enter(answer) {
    if (answer.status === "mfa_required") {
      if (!write("sessionStorage", PENDING, answer.mfa_pending_token)) {
        throw new Refusal({ code: "no_storage" });
      }
      return go(`${ui}/mfa-confirm${location.search}`);
    }
    write("sessionStorage", PENDING, null);
    if (!write("localStorage", SESSION, answer.access_token ?? null)) {
      throw new Refusal({ code: "no_storage" });
    }
    return goOn();
  }

  // ---- Requests ----

  const PATIENCE = 45_000;

  /** Why something was not done: a code of the API's, or of ours where there was no answer. */
  class Refusal extends Error {
    constructor({ code, status = 0, faults = [], wait = 0, id = "" }) {
      super(code);
      Object.assign(this, { code, status, faults, wait, id });
    }
  }

  async function request(method, path, data, { signedIn = false } = {}) {
    const headers = { accept: "application/json" };
    if (data) {
      headers["content-type"] = "application/json";
    }
    if (signedIn && session()) {
      headers.authorization = `Bearer ${session()}`;
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

  // ---- Words ----

  /** What the login says to those who were sent there. */
  const NOTICES = {
    expired: "You've been logged out. Log in to continue.",
    left: "You're logged out.",
    password: "Your password was changed. Log in with the new one.",
    deleted: "Your account was deleted.",
    code: "The code has expired or was wrong too many times. Log in again to get a new one.",
  };

  const WORDS = {
    invalid_credentials: "Wrong email or password. Just signed up? Open the link in our email first.",
    account_disabled: "This account is disabled. Contact support.",
    email_unverified: "You haven't confirmed your email address yet.",
    locked: "Too many failed attempts.",
    code_budget_spent: "Too many wrong codes.",
    rate_limited: "Too many tries.",
    overloaded: "We're busy right now.",
    unavailable: "This isn't available right now. Try again soon.",
    wrong_password: "Wrong password.",
    password_unchanged: "That's already your password. Choose a different one.",
    same_email: "That's already your email address.",
    email_taken: "There's already an account with this email address.",
    invalid_phone: "Enter a phone number with the country code, for example +44 20 7946 0018.",
    wrong_code: "Wrong code. Only the newest code works.",
    code_expired: "The code has expired.",
    no_code: "This code was already used, replaced or entered wrong too many times.",
    invalid_token: "This link has expired or was already used.",
    missing_token: "This link is incomplete. Open it again from the email.",
    registration_disabled: "Sign-up is closed right now.",
    cross_site: "You can't log in from this web address. Contact support.",
    last_superuser: "You're the last administrator. Make someone else an administrator first.",
    mfa_not_enabled: "Two-step verification is already off.",
    no_storage: "Your browser blocks storage for this site. Allow it to stay logged in.",
    offline: "You're offline. Connect to the internet and try again.",
    away: "We can't reach the server. Try again in a moment.",
    late: "The server is taking too long to answer. Check whether it worked before trying again.",
    internal: "Something went wrong on our side. Try again in a moment.",
  };
  const OTHERWISE = "That didn't work. Reload the page and try again.";

  /** The field that a refusal is about; the first of these that the form has. */
  const ABOUT = {
    wrong_password: ["current_password", "password"],
    password_unchanged: ["new_password"],
    same_email: ["new_email"],
    email_taken: ["email"],
    invalid_phone: ["phone_number"],
    wrong_code: ["code"],
  };

  /** What can be done about a refusal: words, and where they lead. */
  const REMEDIES = {
    email_unverified: ["Get a new link", `${ui}/verify`],
    email_taken: ["Log in", `${ui}/login`],
  };

  const wordsOf = (refusal) => {
    const words = WORDS[refusal.code] ?? OTHERWISE;
    return refusal.code === "internal" && refusal.id ? `${words} If it keeps happening, quote this code: ${refusal.id}` : words;
  };

  function duration(seconds) {
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    const two = (number) => String(number).padStart(2, "0");
    if (hours) {
      return `${hours} h ${two(minutes)} min`;
    }
    return minutes ? `${minutes} min ${two(seconds % 60)} s` : `${seconds} s`;
  }

  // ---- Messages ----

  const countdowns = new Map();

  /** The place for words about a form, or about the page: a template's own comes after the frame's. */
  const placeFor = (form) =>
    (form && (find("[data-rs-message]", form) ?? find(":scope > [data-rs-message]", form.closest("details") ?? form))) ||
    all("[data-rs-message]").findLast((place) => !place.closest("form, details, [hidden]")) ||
    find("[data-rs-message]");

  /** Says something where it is seen and read out. `more` are nodes that follow the words. */
  function say(place, words, tone = "success", ...more) {
    if (!place) {
      return;
    }
    clearInterval(countdowns.get(place));
    place.hidden = false;
    place.dataset.rsTone = tone;
    place.setAttribute("role", tone === "error" ? "alert" : "status");
    place.replaceChildren(...(words ? [words, ...more] : []));
    if (words) {
      place.scrollIntoView({ block: "nearest" });
    }
  }

  function linkTo([words, address]) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = words;
    return link;
  }

  /** Says that something has to wait, and for how long, second by second. */
  function sayWait(place, words, seconds, ...more) {
    const end = Date.now() + seconds * 1000;
    const clock = document.createElement("time");
    // The time is read out once, with the message, and not every second.
    clock.setAttribute("aria-live", "off");
    clock.textContent = duration(seconds);
    say(place, `${words} You can try again in `, "error", clock, ".", ...more);
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left > 0) {
        clock.textContent = duration(left);
      } else {
        say(place, "You can try again now.");
      }
    };
    countdowns.set(place, setInterval(tick, 1000));
  }

  /** Asks before something that cannot be undone. */
  function ask(question, yes) {
    const dialog = document.createElement("dialog");
    dialog.className = "rs-dialog";
    const form = document.createElement("form");
    form.method = "dialog";
    const words = document.createElement("p");
    words.id = "rs-question";
    words.textContent = question;
    const buttons = document.createElement("div");
    buttons.className = "rs-buttons";
    for (const [value, label, kind] of [["yes", yes, "rs-btn-danger"], ["no", "Cancel", "rs-btn-ghost"]]) {
      const button = document.createElement("button");
      Object.assign(button, { value, textContent: label, className: `rs-btn ${kind}`, autofocus: value === "no" });
      buttons.append(button);
    }
    form.append(words, buttons);
    dialog.setAttribute("aria-labelledby", words.id);
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((answer) => {
      dialog.addEventListener("close", () => {
        dialog.remove();
        answer(dialog.returnValue === "yes");
      });
    });
  }

  // ---- Fields ----

  let named = 0;
  const idOf = (element) => (element.id ||= `rs-${(named += 1)}`);

  /** Makes one element a description of a field, or no longer. */
  function describe(input, element, does) {
    const ids = new Set((input.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean));
    ids[does ? "add" : "delete"](idOf(element));
    if (ids.size) {
      input.setAttribute("aria-describedby", [...ids].join(" "));
    } else {
      input.removeAttribute("aria-describedby");
    }
  }

  /** Puts an element under a field. A label may be around it, and what is in a label is the field's name. */
  function putUnder(input, element) {
    const field = input.closest(".rs-field") ?? input;
    if (field.matches("div.rs-field")) {
      field.append(element);
    } else {
      field.after(element);
    }
  }

  const marks = new Map();
  const rules = new Map();

  /** Shows the rule of a new password, or is silent about it while an error says the same. */
  function hint(input, shown) {
    const note = rules.get(input);
    if (note) {
      note.hidden = !shown;
      describe(input, note, shown);
    }
  }

  function mark(input, words) {
    unmark(input);
    hint(input, false);
    const error = document.createElement("p");
    error.className = "rs-error";
    error.textContent = words;
    putUnder(input, error);
    input.setAttribute("aria-invalid", "true");
    describe(input, error, true);
    marks.set(input, error);
  }

  function unmark(input) {
    const error = marks.get(input);
    if (error) {
      describe(input, error, false);
      input.removeAttribute("aria-invalid");
      error.remove();
      marks.delete(input);
      hint(input, true);
    }
  }

  /** What a field is called; what stands behind that in an element of its own ("optional") is no part of it. */
  const labelOf = (input) => input.closest(".rs-field")?.querySelector(".rs-label")?.firstChild?.textContent.trim() || "This";

  const isNew = (input) => input.autocomplete === "new-password";

  /** What is wrong with what is in a field, before it is sent. */
  function complaint(input) {
    const { name, value, validity, minLength } = input;
    const length = [...value].length;
    if (validity.valueMissing || (input.required && !value.trim())) {
      if (/password/.test(name)) {
        return isNew(input) ? "Choose a password." : "Enter your password.";
      }
      return { email: "Enter your email address.", new_email: "Enter your new email address.", code: "Enter the code.", phone_number: "Enter your phone number." }[name] ?? `${labelOf(input)} is required.`;
    }
    if (name === "code" && !/^[\d\s-]*$/.test(value)) {
      return "Enter digits only.";
    }
    if (minLength > 0 && length && length < minLength) {
      return isNew(input) ? `Use at least ${minLength} characters.` : `${labelOf(input)} needs at least ${minLength} characters.`;
    }
    if (validity.patternMismatch && name !== "phone_number" && name !== "code") {
      return `${labelOf(input)} isn't in the right format.`;
    }
    return null;
  }

  /** What is wrong with a field, after the API has seen it. */
  function fault({ type, msg }, input) {
    if (type === "string_too_long") {
      return input.maxLength > 0 ? `${labelOf(input)} can have up to ${input.maxLength} characters.` : `${labelOf(input)} is too long.`;
    }
    if (type === "string_too_short" && isNew(input)) {
      return "Use at least 8 characters.";
    }
    if (type === "value_error" && /email/.test(input.name)) {
      return "Enter an email address like ada@example.com.";
    }
    if (type === "password_too_weak") {
      return "This password is too easy to guess. A few unrelated words work best.";
    }
    return `${labelOf(input)}: ${msg}`;
  }

  /** Says below a new password what the server asks for. How good it is, the server alone judges. */
  function showRule(input) {
    const note = document.createElement("p");
    note.className = "rs-hint";
    note.textContent = `At least ${Math.max(input.minLength, 8)} characters. A few unrelated words work best.`;
    putUnder(input, note);
    rules.set(input, note);
    hint(input, true);
  }

  const hide = (input) => input.type === "text" && find(".rs-reveal", input.parentElement)?.click();

  /** Gives a password a button that shows it. */
  function showable(input) {
    const label = input.closest("label");
    if (label) {
      // The button must not become part of the field's name.
      input.setAttribute("aria-labelledby", idOf(find(".rs-label", label) ?? label));
    }
    const around = document.createElement("span");
    around.className = "rs-secret";
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "rs-reveal" });
    const set = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? "Hide" : "Show";
      button.setAttribute("aria-label", `${shown ? "Hide" : "Show"} password`);
    };
    const focused = document.activeElement === input;
    Object.assign(input, { autocapitalize: "none", spellcheck: false });
    input.replaceWith(around);
    around.append(input, button);
    set(false);
    if (focused) {
      input.focus();
    }
    button.addEventListener("click", () => set(input.type === "password"));
  }

  // ---- Forms ----

  /** Fields of a form that can be filled in now. */
  const fieldsOf = (form) => [...form.elements].filter((input) => input.matches("input") && input.type !== "hidden" && !input.closest("[hidden]"));

  /** What is sent: the fields by their names, as the API wants them. */
  function values(form) {
    const data = {};
    for (const { name, value } of form.elements) {
      if (name === "phone_number") {
        data[name] = value.replace(/[\s()./-]/g, "").replace(/^00/, "+");
      } else if (name === "code") {
        data[name] = value.replace(/[\s-]/g, "");
      } else if (name) {
        data[name] = value;
      }
    }
    return data;
  }

  function focusFirst(inputs) {
    const [first] = inputs;
    first?.closest("details")?.setAttribute("open", "");
    first?.focus();
  }

  function setBusy(form, busy) {
    form.setAttribute("aria-busy", String(busy));
    // Not `disabled`, which would throw the focus away.
    for (const button of all("[type=submit]", form)) {
      button.setAttribute("aria-disabled", String(busy));
    }
  }

  const isBusy = (form) => form.getAttribute("aria-busy") === "true";

  /** Shows why a form was refused: at the fields where it can, else as a message. */
  function showRefusal(form, refusal) {
    const fields = fieldsOf(form);
    const at = (names) => fields.find((input) => names.includes(input.name));
    const marked = [];
    for (const one of refusal.faults) {
      const input = at([one.loc?.[1]]);
      if (input) {
        mark(input, fault(one, input));
        marked.push(input);
      }
    }
    const about = at(ABOUT[refusal.code] ?? []);
    if (about) {
      mark(about, wordsOf(refusal));
      marked.push(about);
    }
    const place = placeFor(form);
    const remedy = REMEDIES[refusal.code];
    if (refusal.wait) {
      // Resetting the password ends a lockout; the link is there where a reset is possible.
      const reset = refusal.code === "locked" && find(`a[href="${ui}/forgot"]`) && linkTo(["Reset your password", `${ui}/forgot`]);
      sayWait(place, wordsOf(refusal), refusal.wait, ...(reset ? [" ", reset, " to unlock your account now."] : []));
    } else if (remedy) {
      say(place, about ? "" : `${wordsOf(refusal)} `, "error", linkTo(remedy));
      if (about) {
        marks.get(about).append(" ", linkTo(remedy));
      }
    } else if (!marked.length) {
      say(place, wordsOf(refusal), "error");
    }
    // In the order of the form, which need not be that of the faults.
    focusFirst(fields.filter((input) => marked.includes(input)));
    if (refusal.code === "invalid_credentials") {
      // Most often it is the password; what is typed next takes its place.
      const password = at(["password"]);
      password?.focus();
      password?.select();
    }
  }

  /** Makes the forms of a name do `act` with what is filled in, once `agreed` has said yes, where there is such a question. */
  function on(name, act, agreed) {
    for (const form of all(`[data-rs-form="${name}"]`)) {
      form.noValidate = true;
      form.addEventListener("input", ({ target }) => unmark(target));
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (isBusy(form)) {
          return;
        }
        say(placeFor(form), "");
        const fields = fieldsOf(form);
        fields.forEach(unmark);
        const wrong = fields.filter((input) => {
          const words = complaint(input);
          if (words) {
            mark(input, words);
          }
          return words;
        });
        if (wrong.length) {
          focusFirst(wrong);
          return;
        }
        // Browsers offer to keep what was in a password field, and nothing else.
        all(".rs-secret input", form).forEach(hide);
        if (agreed && !(await agreed())) {
          return;
        }
        setBusy(form, true);
        try {
          await act(values(form), form);
        } catch (refusal) {
          if (!(refusal instanceof Refusal)) {
            say(placeFor(form), OTHERWISE, "error");
            throw refusal;
          }
          showRefusal(form, refusal);
        } finally {
          setBusy(form, false);
        }
      });
    }
  }

  /** Shows that a page has done what it is for. */
  function done(words, { email } = {}) {
    const [start, end] = [find("[data-rs-start]"), find("[data-rs-done]")];
    for (const status of all("[data-rs-status]")) {
      status.dataset.rsStatus = "done";
    }
    if (!end) {
      // A template that knows no such part.
      all("[data-rs-status]").forEach((status) => (status.textContent = words));
      all("form").forEach((form) => (form.hidden = true));
      say(placeFor(null), words);
      return;
    }
    if (start) {
      start.hidden = true;
    }
    end.hidden = false;
    all("[data-rs-field=email]", end).forEach((place) => (place.textContent = email));
    all("input[name=email]", end).forEach((input) => (input.value = email));
    say(placeFor(null), "");
    find(".rs-title", end)?.focus();
  }

  /** Shows that a link is dead, and what can be done instead. */
  function deadLink(form, code) {
    forgetToken();
    form.hidden = true;
    for (const status of all("[data-rs-status]")) {
      Object.assign(status.dataset, { rsStatus: "failed" });
      status.hidden = true;
    }
    all("[data-rs-renew]").forEach((part) => (part.hidden = false));
    say(placeFor(null), WORDS[code], "error");
  }

  /** A form that uses the token of a mailed link. */
  function onLink(name, act) {
    let form = find(`[data-rs-form="${name}"]`);
    if (!form) {
      // A template that relies on a script that acts at once. This one waits for a press, which no scanner of mail makes.
      form = document.createElement("form");
      Object.assign(form, { className: "rs-form", method: "post" });
      form.dataset.rsForm = name;
      const button = document.createElement("button");
      Object.assign(button, { type: "submit", className: "rs-btn rs-btn-primary", textContent: "Confirm" });
      form.append(button);
      const status = find("[data-rs-status]");
      status?.after(form);
      if (status) {
        status.textContent = "Confirm that you asked for this.";
        const title = find(".rs-title");
        if (title) {
          title.textContent = document.title.split(" — ")[0];
        }
      }
    }
    all("[data-rs-token]").forEach((input) => (input.value = token));
    on(name, async (data, form) => {
      try {
        await act({ ...data, token });
      } catch (refusal) {
        if (refusal.code !== "invalid_token") {
          throw refusal;
        }
        deadLink(form, refusal.code);
      }
    });
    if (!token) {
      deadLink(form, "missing_token");
    }
  }

  // ---- The pages ----

  /** Whoever is logged in has nothing to do at the door. */
  async function passBy() {
    if (session()) {
      return goOn();
    }
    if (transport === "cookie") {
      await request("GET", "/me").then(goOn, () => {});
    }
  }

  const pages = {
    login() {
      passBy();
      on("login", async (data) => enter(await request("POST", "/login", data)));
    },

    register() {
      passBy();
      on("register", async (data) => {
        const answer = await request("POST", "/register", data);
        if (answer.status === "pending_verification") {
          done(`We sent a link to ${answer.email}. Open it to confirm your email address.`, answer);
        } else {
          await enter(await request("POST", "/login", { email: data.email, password: data.password }));
        }
      });
      onResend();
    },

    verify() {
      onLink("verify", async (data) => {
        await request("POST", "/verify", data);
        forgetToken();
        done("Your email address is confirmed. You can log in now.");
      });
      onResend();
    },

    forgot() {
      on("forgot", async (data) => {
        await request("POST", "/forgot-password", data);
        done("If there's an account with this email address, a link is on its way.", data);
      });
    },

    reset() {
      onLink("reset", async (data) => {
        await request("POST", "/reset-password", data);
        forgetToken();
        await leave("password");
      });
    },

    "confirm-email-change"() {
      onLink("confirm-email-change", async (data) => {
        const { email } = await request("POST", "/confirm-email-change", data);
        forgetToken();
        // All sessions have ended, this browser's too.
        write("localStorage", SESSION, null);
        done("Your email address was changed. Log in with the new one.", { email });
      });
    },

    "mfa-confirm"() {
      const pending = read("sessionStorage", PENDING);
      if (!pending) {
        return go(`${ui}/login${location.search}`);
      }
      on("mfa-confirm", async ({ code }) => {
        try {
          await enter(await request("POST", "/login/mfa-confirm", { mfa_pending_token: pending, code }));
        } catch (refusal) {
          if (!["invalid_token", "code_expired", "no_code"].includes(refusal.code)) {
            throw refusal;
          }
          write("sessionStorage", PENDING, null);
          write("sessionStorage", NOTICE, "code");
          await go(`${ui}/login${location.search}`);
        }
      });
    },

    async me() {
      if (transport === "bearer" && !session()) {
        return leave();
      }
      wireAccount();
      await loadAccount();
    },
  };

  function onResend() {
    on("resend-verification", async (data, form) => {
      await request("POST", "/resend-verification", { email: data.email });
      say(placeFor(form), "If this email address still needs confirming, a new link is on its way.");
    });
  }

  const own = (method, path, data) => request(method, path, data, { signedIn: true });

  async function loadAccount() {
    const summary = find("[data-rs-account]");
    summary?.setAttribute("aria-busy", "true");
    try {
      // The first look at the account is no session that has ended: who was never logged in needs no such words.
      showAccount(await request("GET", "/me", undefined, { signedIn: Boolean(session()) }));
      say(placeFor(null), "");
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) {
        throw refusal;
      }
      if (refusal.code === "not_authenticated") {
        return leave();
      }
      const again = document.createElement("button");
      Object.assign(again, { type: "button", className: "rs-again", textContent: "Try again" });
      again.addEventListener("click", loadAccount);
      say(placeFor(null), `${wordsOf(refusal)} `, "error", again);
    } finally {
      summary?.removeAttribute("aria-busy");
    }
  }

  function showAccount(user) {
    const dates = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" });
    const words = {
      ...user,
      full_name: user.full_name || "Not given",
      is_verified: user.is_verified ? "Yes" : "No",
      created_at: dates.format(new Date(user.created_at)),
    };
    for (const place of all("[data-rs-field]")) {
      place.textContent = words[place.dataset.rsField] || "–";
    }
    all("[data-rs-form=update-profile] [name=full_name]").forEach((input) => (input.value = user.full_name ?? ""));
    all("[data-rs-username]").forEach((input) => (input.value = user.email));
    const second = find("[data-rs-mfa-section]");
    if (!second) {
      return;
    }
    find("[data-rs-mfa-status]", second).textContent = user.is_mfa_enabled
      ? `On. When you log in, we send a code to ${user.phone_number}.`
      : "Off. Turn it on to log in with your password and a code that we send to your phone.";
    all("[data-rs-mfa-enable]", second).forEach((part) => (part.hidden = user.is_mfa_enabled));
    all("[data-rs-mfa-disable]", second).forEach((part) => (part.hidden = !user.is_mfa_enabled));
  }

  function wireAccount() {
    on("update-profile", async ({ full_name }, form) => {
      showAccount(await own("PATCH", "/me", { full_name: full_name.trim() || null }));
      say(placeFor(form), "Your name was saved.");
    });
    on("change-password", async ({ current_password, new_password }) => {
      await own("POST", "/change-password", { current_password, new_password });
      await leave("password");
    });
    on("change-email", async ({ new_email, current_password }, form) => {
      await own("POST", "/change-email", { new_email, current_password });
      form.reset();
      say(placeFor(form), `We sent a link to ${new_email}. Open it to change your email address.`);
    });
    const sure = () => ask("Delete your account? You can't undo this.", "Delete account");
    on("delete-account", async (data) => {
      await own("DELETE", "/account", data);
      await leave("deleted");
    }, sure);
    wirePhone();
    for (const button of all("[data-rs-action=logout]")) {
      button.addEventListener("click", async () => {
        if (isBusy(button)) {
          return;
        }
        button.setAttribute("aria-busy", "true");
        try {
          await request("POST", "/logout", undefined, { signedIn: true });
          await leave("left");
        } catch (refusal) {
          // Not "logged out" before the server says so: the session would live on.
          say(placeFor(null), `You're still logged in. ${wordsOf(refusal)}`, "error");
          button.removeAttribute("aria-busy");
        }
      });
    }
  }

  function wirePhone() {
    const section = find("[data-rs-mfa-section]");
    const [start, confirm] = ["start", "confirm"].map((step) => find(`[data-rs-form="phone-setup-${step}"]`));
    const show = (step) => {
      start.hidden = step !== start;
      confirm.hidden = step !== confirm;
      step.reset();
      focusFirst(fieldsOf(step));
    };
    const changed = (user, words) => {
      showAccount(user);
      say(find(":scope > [data-rs-message]", section) ?? placeFor(null), words);
      find("summary", section)?.focus();
    };
    let pending = null;
    on("phone-setup-start", async (data) => {
      pending = (await own("POST", "/phone/start", data)).pending_token;
      show(confirm);
      say(placeFor(confirm), `We sent a code to ${data.phone_number}.`);
    });
    on("phone-setup-confirm", async ({ code }) => {
      try {
        const user = await request("POST", "/phone/confirm", { pending_token: pending, code });
        show(start);
        changed(user, "Two-step verification is on. We'll ask for a code when you log in.");
      } catch (refusal) {
        if (!["invalid_token", "code_expired", "no_code"].includes(refusal.code)) {
          throw refusal;
        }
        show(start);
        say(placeFor(start), `${WORDS[refusal.code === "invalid_token" ? "code_expired" : refusal.code]} Get a new one.`, "error");
      }
    });
    on("mfa-disable", async (data, form) => {
      await own("DELETE", "/phone", data);
      form.reset();
      changed(await own("GET", "/me"), "Two-step verification is off. We removed your phone number.");
    });
    find("[data-rs-action=phone-again]")?.addEventListener("click", () => show(start));
  }

  // ---- The start ----

  for (const place of all("[data-rs-message]")) {
    say(place, "");
  }
  for (const input of all("input[type=password]")) {
    showable(input);
    if (isNew(input)) {
      showRule(input);
    }
  }
  const notice = read("sessionStorage", NOTICE);
  write("sessionStorage", NOTICE, null);
  if (Object.hasOwn(NOTICES, notice ?? "")) {
    say(placeFor(null), NOTICES[notice], { code: "error", expired: "status" }[notice]);
  }
  // A page that comes back as it was left may show somebody who is gone, or wait for an answer that has come.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  // What another tab does counts here, too.
  addEventListener("storage", ({ key, newValue }) => {
    if (key === SESSION && page === "me" && newValue === null) {
      leave("left");
    } else if (key === SESSION && page === "login" && newValue) {
      goOn();
    }
  });
  // An address may name the section it is about: /account/me#password
  const openNamed = () => all("details[id]").find(({ id }) => `#${id}` === location.hash)?.setAttribute("open", "");
  addEventListener("hashchange", openNamed);
  openNamed();
  pages[page]?.();
})();
