// @ts-check
// Questions that depend on an answer ([data-when] names the control, [data-equals] its answer) appear when it is given.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-answers]"));

/** @param {string} name */
function answer(name) {
  const found = form?.elements.namedItem(name);
  if (found instanceof HTMLInputElement && found.type === "checkbox") return String(found.checked);
  return found && "value" in found ? String(found.value) : "";
}

function update() {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-when]"))) {
    const name = part.dataset.when || "";
    const above = /** @type {HTMLElement | null | undefined} */ (form?.querySelector(`[name="${name}"]`)?.closest("[data-when]"));
    part.hidden = Boolean(above?.hidden) || answer(name).trim() !== part.dataset.equals;
  }
}

form?.addEventListener("input", update);
update();
