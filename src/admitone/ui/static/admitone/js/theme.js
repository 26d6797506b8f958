// @ts-check
// [data-theme-set="light|dark|auto"] chooses the colours; a cookie carries the choice to the server, so no page flashes.

/** @param {string} theme */
function apply(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  mark();
}

function mark() {
  const current = document.documentElement.dataset.theme ?? "auto";
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.themeSet === current));
  }
}

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-theme-set]");
  if (!(button instanceof HTMLElement)) return;
  const theme = button.dataset.themeSet ?? "auto";
  const age = theme === "auto" ? 0 : 31536000;
  document.cookie = `admitone_theme=${theme}; path=/; max-age=${age}; samesite=lax`;
  apply(theme);
});
mark();
