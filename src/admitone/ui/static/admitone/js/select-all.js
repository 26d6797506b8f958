// @ts-check
// [data-select-all] holds input[data-select-page], rows input[data-select-row], a [data-select-bar] with
// [data-select-count], and a [data-select-matching] button that fills input[data-select-everything] with 1.

/** @param {Element} root @returns {HTMLInputElement[]} */
function rows(root) {
  return [...root.querySelectorAll("input[data-select-row]")].map((row) => /** @type {HTMLInputElement} */ (row));
}

/** @param {Element} root */
function refresh(root) {
  const all = rows(root);
  const chosen = all.filter((row) => row.checked).length;
  const everything = /** @type {HTMLInputElement | null} */ (root.querySelector("input[data-select-everything]"));
  if (chosen < all.length && everything) everything.value = "";
  const total = everything?.value ? Number(/** @type {HTMLElement} */ (root).dataset.total) : chosen;
  for (const place of root.querySelectorAll("[data-select-count]")) place.textContent = String(total);
  for (const bar of root.querySelectorAll("[data-select-bar]")) bar.toggleAttribute("hidden", chosen === 0);
  for (const more of root.querySelectorAll("[data-select-matching]")) {
    more.toggleAttribute("hidden", chosen < all.length || Boolean(everything?.value));
  }
  for (const box of root.querySelectorAll("input[data-select-page]")) {
    const page = /** @type {HTMLInputElement} */ (box);
    page.checked = chosen > 0 && chosen === all.length;
    page.indeterminate = chosen > 0 && chosen < all.length;
  }
}

document.addEventListener("change", (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  const root = box.closest("[data-select-all]");
  if (!root || !box.matches("[data-select-page], [data-select-row]")) return;
  if (box.matches("[data-select-page]")) for (const row of rows(root)) row.checked = box.checked;
  refresh(root);
});

document.addEventListener("click", (event) => {
  const more = /** @type {Element} */ (event.target).closest("[data-select-matching]");
  const root = more?.closest("[data-select-all]");
  if (!root) return;
  event.preventDefault();
  const everything = /** @type {HTMLInputElement | null} */ (root.querySelector("input[data-select-everything]"));
  if (everything) everything.value = "1";
  refresh(root);
});

function start() {
  for (const root of document.querySelectorAll("[data-select-all]")) refresh(root);
}
start();
document.addEventListener("htmx:afterSettle", start);
