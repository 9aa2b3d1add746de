// The sections of a page, each with an address of its own (#password): opening one goes there, the back button leads out.

import { all, find } from "./page.js";

const named = () => decodeURIComponent(location.hash.slice(1));

function go(id) {
  if (named() !== id) {
    history.pushState(history.state, "", id ? `#${id}` : location.pathname + location.search);
  }
}

/** Makes sections follow the address, and the address follow them. */
export function wireSections() {
  const sections = all("details[id]");
  const dialogs = all("dialog[data-rs-dialog]");
  const show = () => {
    sections.forEach((section) => (section.open = section.id === named()));
    for (const dialog of dialogs) {
      const asked = dialog.dataset.rsDialog === named();
      if (asked !== dialog.open) {
        dialog[asked ? "showModal" : "close"]();
      }
    }
  };
  for (const section of sections) {
    section.addEventListener("toggle", () => {
      if (section.open) {
        go(section.id);
      } else if (named() === section.id && !sections.some(({ open }) => open)) {
        go("");
      }
    });
  }
  for (const dialog of dialogs) {
    const id = dialog.dataset.rsDialog;
    all(`[data-rs-action="open-${id}"]`).forEach((button) =>
      button.addEventListener("click", () => {
        dialog.showModal();
        go(id);
      }),
    );
    all("[data-rs-action=close]", dialog).forEach((button) => button.addEventListener("click", () => dialog.close()));
    dialog.addEventListener("close", () => {
      find("form", dialog)?.reset();
      if (named() === id) {
        go("");
      }
    });
  }
  addEventListener("popstate", show);
  if (named()) {
    show();
  }
}
