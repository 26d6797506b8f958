// @ts-check
// The calendar: a key follows the link that names it ([data-agenda-key]) unless [data-agenda-switch] is off, and the
// line of the present time ([data-agenda-now], drawn by the server) moves on.

const KEPT = "admitone.agenda-keys";

function off() {
  try {
    return localStorage.getItem(KEPT) === "off";
  } catch {
    return false;
  }
}

/** @param {KeyboardEvent} event */
function nameOf(event) {
  const rtl = getComputedStyle(document.documentElement).direction === "rtl";
  if (event.key === "ArrowLeft") return rtl ? "next" : "previous";
  if (event.key === "ArrowRight") return rtl ? "previous" : "next";
  return "dwmatn".includes(event.key) ? event.key : "";
}

/** @param {KeyboardEvent} event */
function isElsewhere(event) {
  const one = /** @type {HTMLElement} */ (event.target);
  if (one.closest("input, select, textarea, dialog, details[open], [popover], [contenteditable]")) return true;
  const scrolls = one.closest(".hours-scroll");
  return event.key.startsWith("Arrow") && !!scrolls && scrolls.scrollWidth > scrolls.clientWidth;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (!document.querySelector("[data-agenda]") || document.querySelector("dialog[open]") || off()) return;
  const name = nameOf(event);
  if (!name || isElsewhere(event)) return;
  const link = /** @type {HTMLElement | null} */ (document.querySelector(`[data-agenda-key="${name}"]`));
  if (!link) return;
  event.preventDefault();
  link.click();
});

const choice = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-agenda-switch]"));
if (choice) choice.checked = !off();
choice?.addEventListener("change", () => {
  try {
    localStorage.setItem(KEPT, choice.checked ? "on" : "off");
  } catch {
    // Nothing can be kept in this browser: the choice holds for nothing but this look.
  }
});

// One menu of the bar at a time, and none once something else is pressed.
document.addEventListener("click", (event) => {
  const inside = /** @type {Element} */ (event.target).closest?.("[data-agenda] details");
  for (const one of document.querySelectorAll("[data-agenda] details[open]")) if (one !== inside) one.removeAttribute("open");
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("[data-agenda] details[open]");
  if (!open) return;
  open.removeAttribute("open");
  open.querySelector("summary")?.focus();
});

function moveLine() {
  const line = /** @type {HTMLElement | null} */ (document.querySelector("[data-agenda-now]"));
  if (!line) return;
  const row = Number(line.dataset.row) + Math.floor((Date.now() / 60000 - Number(line.dataset.agendaNow)) / 5);
  line.hidden = row > Number(line.dataset.rows);
  if (!line.hidden) line.style.gridRow = `${row} / ${row + 1}`;
}
setInterval(moveLine, 60000);
