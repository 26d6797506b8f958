// @ts-check
// [data-focus] takes the focus on load and after a swap (error summary, heading of a changed part).

/** @param {ParentNode} root */
function focus(root) {
  const target = root.querySelector("[data-focus]");
  if (target instanceof HTMLElement) target.focus();
}
focus(document);
document.addEventListener("htmx:afterSettle", (event) => focus(/** @type {Element} */ (event.target)));
