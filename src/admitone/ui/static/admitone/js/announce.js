// @ts-check
// One polite live region ([data-announcer] in every base template); other behaviours call admitone.announce(text).

/** @type {any} */
const page = globalThis;
page.admitone ??= {};

page.admitone.announce = (/** @type {string} */ text) => {
  const region = document.querySelector("[data-announcer]");
  if (!region) return;
  region.textContent = "";
  // a screen reader only speaks a change, so the same words need an empty moment before
  setTimeout(() => { region.textContent = text; }, 50);
};
