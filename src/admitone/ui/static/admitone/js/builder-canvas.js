// @ts-check
// The canvas ([data-canvas]) stays where it was scrolled to when the builder is drawn anew, starts in its middle, and shows
// the card that is open or has just been looked at.

/** @type {{ left: number, width: number } | null} */
let before = null;

const canvas = () => /** @type {HTMLElement | null} */ (document.querySelector("[data-canvas]"));

function show() {
  const box = canvas();
  if (!box) return;
  const spare = box.scrollWidth - box.clientWidth;
  if (spare > 0) box.scrollLeft = before ? before.left + (before.width - box.clientWidth) / 2 : spare / 2;
  before = null;
  const card = box.querySelector("[aria-current], [data-focus]")?.closest(".flow-card");
  if (!card) return;
  const seen = box.getBoundingClientRect();
  const spot = card.getBoundingClientRect();
  if (spot.left < seen.left || spot.right > seen.right) {
    box.scrollLeft += spot.left + spot.width / 2 - (seen.left + seen.width / 2);
  }
}
show();

document.addEventListener("htmx:beforeSwap", () => {
  const box = canvas();
  if (box) before = { left: box.scrollLeft, width: box.clientWidth };
});
document.addEventListener("htmx:afterSettle", show);
