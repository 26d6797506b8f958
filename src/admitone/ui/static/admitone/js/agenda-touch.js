// @ts-check
// The calendar by finger: a press that is held on an appointment, or on free time, picks it up like a mouse; a finger that
// moves sooner scrolls as ever. At the edges of what is seen the page follows the drag.

/** @type {any} */
const page = globalThis;
const HOLD = 400;
const SLOP = 10;
const EDGE = 48;
const STEP = 10;

/** @type {{ x: number, y: number, timer: number } | null} */
let held = null;
/** @type {PointerEvent | null} the last move of what was picked up */
let last = null;

function letGo() {
  clearTimeout(held?.timer);
  held = null;
}

/** @param {PointerEvent} event */
function pickUp(event) {
  held = null;
  if (!page.admitone.agenda?.lift?.(event)) return;
  last = event;
  navigator.vibrate?.(10);
  requestAnimationFrame(scroll);
}

/** @param {number} at @param {number} low @param {number} high */
function beyond(at, low, high) {
  return at < low + EDGE ? -STEP : at > high - EDGE ? STEP : 0;
}

function scroll() {
  if (!last) return;
  requestAnimationFrame(scroll);
  if (last.type !== "pointermove") return;
  const frame = document.querySelector(".hours-scroll");
  const box = frame?.getBoundingClientRect();
  const [down, across] = [
    beyond(last.clientY, 0, innerHeight),
    box ? beyond(last.clientX, Math.max(0, box.left), Math.min(innerWidth, box.right)) : 0,
  ];
  if (down) scrollBy(0, down);
  if (across) frame?.scrollBy(across, 0);
  if (down || across) page.admitone.agenda.follow(last);
}

document.addEventListener("pointerdown", (event) => {
  if (event.pointerType !== "touch") return;
  letGo();
  const target = /** @type {Element} */ (event.target);
  if (!event.isPrimary || !target.closest?.(".hours :is([data-step], [data-agenda-free])")) return;
  held = { x: event.clientX, y: event.clientY, timer: setTimeout(() => pickUp(event), HOLD) };
});

document.addEventListener("pointermove", (event) => {
  if (held && Math.hypot(event.clientX - held.x, event.clientY - held.y) > SLOP) letGo();
  if (last?.pointerId === event.pointerId) last = event;
});

for (const kind of ["pointerup", "pointercancel"]) {
  document.addEventListener(kind, () => {
    letGo();
    last = null;
  });
}

// not passive: only so does the page stay where it is under the drag
document.addEventListener("touchmove", (event) => last && event.cancelable && event.preventDefault(), { passive: false });
document.addEventListener("contextmenu", (event) => (last || held) && event.preventDefault());
