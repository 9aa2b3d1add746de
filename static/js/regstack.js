// The entry to what the pages do; the rest is in the modules of regstack/. Each form is one request to the API, made when
// it is submitted; loading a page changes nothing.
//
// A plain script, so that it runs before anything else: the token of a mailed link leaves the address bar, and with that
// what others may see of it. It stays with this entry of the tab's history, so that a reload does not lose it.
(() => {
  "use strict";

  const address = new URL(location.href);
  const mailed = address.searchParams.get("token");
  if (mailed !== null) {
    address.searchParams.delete("token");
    history.replaceState({ ...history.state, rsToken: mailed }, "", address);
  }

  // What somebody presses while the modules are on their way is done once they are there, not lost.
  let held = null;
  const hold = (event) => {
    const form = event.type === "submit" ? event.target : null;
    const button = event.type === "click" ? event.target.closest?.("[data-rs-action]") : null;
    if (form?.matches("[data-rs-form]") || button) {
      event.preventDefault();
      event.stopImmediatePropagation();
      held = () => (form ? form.requestSubmit() : button.click());
    }
  };
  const letGo = () => {
    removeEventListener("submit", hold, true);
    removeEventListener("click", hold, true);
  };
  addEventListener("submit", hold, true);
  addEventListener("click", hold, true);
  import("./regstack/start.js").then(
    () => {
      letGo();
      document.documentElement.dataset.rsReady = "";
      held?.();
    },
    (failure) => {
      letGo();
      throw failure;
    },
  );
})();
