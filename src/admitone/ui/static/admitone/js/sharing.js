// @ts-check
// The Share dialog and the list of links: what a new link changes around its button, terms that ask for another link,
// the tab in the address, the addresses of ticked links, dialogs that came from the server and leave when they close.

/** @type {any} */
const page = globalThis;

document.addEventListener("close", (event) => {
  const dialog = event.target;
  if (dialog instanceof HTMLDialogElement && dialog.matches("[data-dialog-once]")) dialog.remove();
}, true);

// after a link was made: remember it as the one shown, and load what belongs to it
document.addEventListener("admitone:minted", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const answer = /** @type {CustomEvent} */ (event).detail;
  const current = form.querySelector("input[name=current]");
  if (current instanceof HTMLInputElement) current.value = answer.id;
  const options = form.querySelector("[data-mint-options]");
  if (options instanceof HTMLDetailsElement && options.open) {
    form.reset(); // the terms belonged to that one link
    options.open = false;
  }
  const place = form.dataset.panel ?? "#share-made"; // empty: nothing around this button changes
  if (answer.panel && place && page.htmx) page.htmx.ajax("GET", answer.panel, place);
});

// other terms are another link: the next press has to ask the server
for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    const options = /** @type {Element} */ (event.target).closest("[data-mint-options]");
    const form = options?.closest("form");
    if (form) delete form.dataset.minted;
  });
}

// on a page of its own the address follows the tab; in a dialog it belongs to the page behind
document.addEventListener("click", (event) => {
  const tab = /** @type {Element} */ (event.target).closest("[data-tabs-param] [data-tab]");
  if (!(tab instanceof HTMLElement) || tab.closest("dialog")) return;
  const url = new URL(location.href);
  url.hash = "";
  url.searchParams.set("tab", tab.dataset.tab ?? "");
  history.replaceState(null, "", url);
});

/** @param {HTMLFormElement} form @param {HTMLButtonElement} button */
async function addresses(form, button) {
  const body = new FormData(form, button);
  const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/plain" } });
  if (!response.ok) throw new Error(response.statusText);
  return response.text();
}

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button[data-copy-links]");
  if (!(button instanceof HTMLButtonElement) || !button.form) return;
  event.preventDefault();
  page.admitone.copy(addresses(button.form, button), button, null);
});
