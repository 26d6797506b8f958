// @ts-check
// [data-step]: a card dragged onto a "+" moves there, as its menu's "Move to…" does.

/** @type {any} */
const page = globalThis;
/** @type {HTMLElement | null} */
let dragged = null;

/** @param {Event} event @returns {HTMLElement | null} */
function spot(event) {
  const row = /** @type {Element} */ (event.target).closest?.(".flow__plus");
  return row instanceof HTMLElement && row.querySelector("[data-pick-place]") ? row : null;
}

function clear() {
  for (const row of document.querySelectorAll(".flow__plus[data-over]")) row.removeAttribute("data-over");
}

document.addEventListener("dragstart", (event) => {
  const card = /** @type {Element} */ (event.target).closest?.("[data-step][data-move-to]");
  dragged = card instanceof HTMLElement ? card : null;
  dragged?.setAttribute("data-dragged", "");
  dragged?.closest("[data-flow]")?.setAttribute("data-dragging", "");
});

document.addEventListener("dragover", (event) => {
  const row = spot(event);
  if (!dragged || !row || dragged.closest(".flow__item")?.contains(row)) return; // not into itself
  event.preventDefault();
  clear();
  row.setAttribute("data-over", "");
});

document.addEventListener("dragleave", clear);

document.addEventListener("drop", async (event) => {
  const place = spot(event)?.querySelector("[data-pick-place]");
  if (!dragged || !(place instanceof HTMLElement)) return;
  event.preventDefault();
  const values = { place: place.dataset.pickPlace };
  const builder = "#builder";
  const drawn = { source: builder, target: builder, select: builder, swap: "outerHTML show:none" };
  await page.htmx?.ajax("POST", dragged.dataset.moveTo, { ...drawn, values });
  page.admitone.redrawHead();
});

document.addEventListener("dragend", () => {
  dragged?.removeAttribute("data-dragged");
  document.querySelector("[data-dragging]")?.removeAttribute("data-dragging");
  dragged = null;
  clear();
});
