// @ts-check
// The preview of a message template follows what is typed; without this, its button does the same.

const PAUSE = 500;
/** @type {number | undefined} */
let timer;

document.addEventListener("input", (event) => {
  const field = /** @type {Element} */ (event.target);
  const form = /** @type {HTMLFormElement | null} */ (field.closest("form[data-live-preview]"));
  const button = /** @type {HTMLButtonElement | null} */ (form && form.querySelector("[data-preview-now]"));
  if (!form || !button) return;
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(button), PAUSE);
});
