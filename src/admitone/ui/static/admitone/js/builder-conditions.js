// @ts-check
// [data-comparison]: a comparison that looks at one value alone ("is empty") has nothing to compare with.

/** @param {Element} row */
function fit(row) {
  const op = /** @type {HTMLSelectElement | null} */ (row.querySelector("[data-op]"));
  const than = /** @type {HTMLInputElement | null} */ (row.querySelector("[data-than]"));
  if (op && than) than.hidden = op.value === "is_empty" || op.value === "is_filled";
}

/** @param {ParentNode} root */
function fitAll(root) {
  for (const row of root.querySelectorAll("[data-comparison]")) fit(row);
}
fitAll(document);
document.addEventListener("htmx:afterSettle", (event) => fitAll(/** @type {Element} */ (event.target)));
document.addEventListener("change", (event) => {
  const row = /** @type {Element} */ (event.target).closest?.("[data-comparison]");
  if (row) fit(row);
});
