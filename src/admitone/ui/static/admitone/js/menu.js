// @ts-check
// .menu[popover]: placed beside its button where CSS anchors are unknown, arrow keys inside, focus on opening by key.
// details.menu-details: closes on Escape, on a press outside and when its focus leaves.

const anchored = CSS.supports("position-area", "block-end");

/** @param {HTMLElement} menu */
function place(menu) {
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!button || anchored) return;
  const spot = button.getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  const toEnd = menu.classList.contains("menu--end") !== (document.dir === "rtl");
  const wanted = toEnd ? spot.right - box.width : spot.left;
  const left = Math.max(8, Math.min(wanted, innerWidth - box.width - 8));
  const below = spot.bottom + 4;
  const top = below + box.height > innerHeight ? Math.max(8, spot.top - box.height - 4) : below;
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${top}px`);
}

/** @param {Element} menu @returns {HTMLElement[]} */
function items(menu) {
  return /** @type {HTMLElement[]} */ ([...menu.querySelectorAll(".menu__item:not(:disabled)")]);
}

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches(".menu[popover]:popover-open")) return;
  place(menu);
  if (document.activeElement?.matches(":focus-visible")) items(menu)[0]?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (event.key === "Escape") closeDetails(null, true);
  const menu = target.closest(".menu");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  if (target.matches("input, select, textarea")) return;
  const all = items(menu);
  const at = all.indexOf(/** @type {HTMLElement} */ (target.closest(".menu__item")));
  const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key] ?? 0;
  event.preventDefault();
  all[(goal + all.length) % all.length]?.focus();
});

/** @param {Node | null} keep @param {boolean} [refocus] */
function closeDetails(keep, refocus) {
  for (const details of document.querySelectorAll("details.menu-details[open]")) {
    if (keep && details.contains(keep)) continue;
    const inside = details.contains(document.activeElement);
    details.removeAttribute("open");
    if (refocus && inside) details.querySelector("summary")?.focus();
  }
}
document.addEventListener("click", (event) => closeDetails(/** @type {Node} */ (event.target)));
document.addEventListener("focusin", (event) => closeDetails(/** @type {Node} */ (event.target)));
