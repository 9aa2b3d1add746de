// Messages on the page: where they stand, and those that count down.

import { all, find, make } from "./page.js";
import { message, parts } from "./messages.js";

const countdowns = new Map();

/** The place for words about a form, or about the page: a template's own comes after the frame's. */
export const placeFor = (form) =>
  (form && (find("[data-rs-message]", form) ?? find(":scope > [data-rs-message]", form.closest("details") ?? form))) ||
  all("[data-rs-message]").findLast((place) => !place.closest("form, details, dialog, [hidden]")) ||
  find("[data-rs-message]");

/** Says something where it is seen and read out: text, or parts of which some are elements. Nothing empties the place. */
export function say(place, words, tone = "success") {
  if (!place) {
    return;
  }
  clearInterval(countdowns.get(place));
  place.hidden = false;
  place.dataset.rsTone = tone;
  place.setAttribute("role", tone === "error" ? "alert" : "status");
  place.replaceChildren(...(words ? [words].flat() : []));
  if (words) {
    place.scrollIntoView({ block: "nearest" });
  }
}

export const linkTo = ([key, href]) => make("a", { href, textContent: message(key) });

export function duration(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const two = (number) => String(number).padStart(2, "0");
  if (hours) {
    return message("js-hours", { hours, minutes: two(minutes) });
  }
  return minutes ? message("js-minutes", { minutes, seconds: two(seconds % 60) }) : message("js-seconds", { seconds });
}

/** Says that something has to wait, and for how long, second by second. */
export function sayWait(place, problem, seconds, ...more) {
  const end = Date.now() + seconds * 1000;
  const clock = make("time", { textContent: duration(seconds) });
  // The time is read out once, with the message, and not every second.
  clock.setAttribute("aria-live", "off");
  say(place, [...parts("js-wait", { problem, time: clock }), ...more], "error");
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      clock.textContent = duration(left);
    } else {
      say(place, message("js-wait-over"));
    }
  };
  countdowns.set(place, setInterval(tick, 1000));
}
