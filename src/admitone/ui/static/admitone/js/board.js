// @ts-check
// [data-board]: a card ([data-deal]) dragged into another column ([data-stage]) is moved by the form of its menu. It moves
// at once; a refusal moves it back.

/** @type {any} */
const page = globalThis;
/** @type {HTMLElement | null} */
let dragged = null;

/** @param {Event} event */
function columnOf(event) {
  return /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest?.("[data-board] [data-stage]"));
}

function clear() {
  for (const column of document.querySelectorAll("[data-over]")) column.removeAttribute("data-over");
}

/** @param {HTMLElement} card @param {HTMLElement} column */
async function move(card, column) {
  const form = /** @type {HTMLFormElement | null} */ (card.querySelector("form[data-move]"));
  const from = card.parentElement;
  if (!form || !from || column.contains(card)) return;
  const body = new FormData(form);
  body.set("stage", column.dataset.stage || "");
  column.querySelector("ul")?.prepend(card);
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const board = fresh.querySelector("[data-board]");
    if (board) document.querySelector("[data-board]")?.replaceWith(document.adoptNode(board));
    page.admitone.announce(fresh.querySelector(".toast__text")?.textContent?.trim() || "");
  } catch {
    from.prepend(card);
    page.admitone.toast("⚠", "danger");
  }
}

document.addEventListener("dragstart", (event) => {
  dragged = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest?.("[data-deal]"));
  dragged?.setAttribute("data-dragged", "");
});
document.addEventListener("dragover", (event) => {
  const column = columnOf(event);
  if (!dragged || !column) return;
  event.preventDefault();
  clear();
  column.setAttribute("data-over", "");
});
document.addEventListener("drop", (event) => {
  const column = columnOf(event);
  if (!dragged || !column) return;
  event.preventDefault();
  move(dragged, column);
});
document.addEventListener("dragend", () => {
  dragged?.removeAttribute("data-dragged");
  dragged = null;
  clear();
});
