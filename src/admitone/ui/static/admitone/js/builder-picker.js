// @ts-check
// [data-pick]: what can be added, searched as you type; arrow keys go through it and Enter in the search takes the first.
// [data-pick-place] on a "+" says where the step goes.

/** @param {Element} form @returns {HTMLElement[]} */
function found(form) {
  const rows = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-pick-one]")]);
  return rows.filter((row) => !row.hidden).map((row) => /** @type {HTMLElement} */ (row.querySelector("button")));
}

/** @param {Element} form @param {string} text */
function search(form, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of form.querySelectorAll("[data-pick-one]")) {
    const group = row.closest("[data-pick-group]")?.querySelector("h3")?.textContent ?? "";
    const said = `${row.textContent} ${group}`.toLowerCase();
    /** @type {HTMLElement} */ (row).hidden = !words.every((word) => said.includes(word));
  }
  for (const group of form.querySelectorAll("[data-pick-group]")) {
    /** @type {HTMLElement} */ (group).hidden = !group.querySelector("[data-pick-one]:not([hidden])");
  }
  const all = found(form);
  for (const button of form.querySelectorAll("[data-on]")) button.removeAttribute("data-on");
  if (words.length) all[0]?.setAttribute("data-on", "");
  const none = form.querySelector("[data-pick-none]");
  if (none) /** @type {HTMLElement} */ (none).hidden = all.length > 0;
}

document.addEventListener("click", (event) => {
  const opener = /** @type {Element} */ (event.target).closest?.("[data-dialog-open]");
  if (!(opener instanceof HTMLElement)) return;
  const form = document.getElementById(opener.dataset.dialogOpen ?? "")?.querySelector("[data-pick]");
  if (!form) return;
  const into = form.querySelector("[data-pick-into]");
  if (into instanceof HTMLInputElement) into.value = opener.dataset.pickPlace ?? "";
  const field = form.querySelector("[data-pick-search]");
  if (field instanceof HTMLInputElement) {
    field.value = "";
    search(form, "");
    field.focus();
  }
});

document.addEventListener("input", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const form = field.closest("[data-pick]");
  if (form && field.matches("[data-pick-search]")) search(form, field.value);
});

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const form = target.closest?.("[data-pick]");
  if (!form) return;
  const all = found(form);
  if (event.key === "Enter" && target.matches("[data-pick-search]")) {
    event.preventDefault();
    if (form.querySelector("[data-on]")) all[0]?.click();
    return;
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const at = all.indexOf(target);
  if (at + by < 0) return /** @type {HTMLElement | null} */ (form.querySelector("[data-pick-search]"))?.focus();
  all[Math.min(at + by, all.length - 1)]?.focus();
});
