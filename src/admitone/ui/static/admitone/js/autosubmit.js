// @ts-check
// form[data-autosubmit] is sent on change, and 400 ms after typing in a search field.

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {Event} event @returns {HTMLFormElement | null} */
function formOf(event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  return field.form?.matches("[data-autosubmit]") ? field.form : null;
}

document.addEventListener("change", (event) => {
  const form = formOf(event);
  if (!form || /** @type {HTMLInputElement} */ (event.target).type === "search") return;
  clearTimeout(timer);
  form.requestSubmit();
});

document.addEventListener("input", (event) => {
  const form = formOf(event);
  if (!form || /** @type {HTMLInputElement} */ (event.target).type !== "search") return;
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), 400);
});
