// @ts-check
// The calendar by mouse or pen: an appointment ([data-step]) is dragged to another time, Shift over free time
// ([data-agenda-free], half an hour each) blocks it. The ghost says the time, Esc takes it back, the drop asks in a dialog.
// admitone.agenda.lift(event) begins a drag for whoever else decides when (agenda-touch.js), .follow(event) goes on with it.

/** @type {any} */
const page = globalThis;
const ROW = 5;
const HALF = 30;

/** @typedef {{ at: number, row: number, day: HTMLElement }} Spot a minute of time and its drawn row */
/** @typedef {{ event: HTMLElement | null, from: Spot | null, ghost: HTMLElement, x: number, y: number, grab: number,
    moved: boolean, spot: Spot | null, pointer: number }} Drag */
/** @type {Drag | null} */
let drag = null;
let swallow = false;

/** @param {number} x @param {number} y @param {number} step @returns {Spot | null} */
function spotAt(x, y, step) {
  for (const day of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".hours__day"))) {
    const box = day.getBoundingClientRect();
    if (x < box.left || x >= box.right) continue;
    for (const free of /** @type {NodeListOf<HTMLElement>} */ (day.querySelectorAll("[data-agenda-free]"))) {
      const half = free.getBoundingClientRect();
      if (y < half.top || y >= half.bottom) continue;
      const into = Math.min(HALF - step, Math.floor((((y - half.top) / half.height) * HALF) / step + 0.001) * step);
      return { at: Number(free.dataset.agendaFree) + into, row: Number.parseInt(getComputedStyle(free).gridRowStart) + into / ROW, day };
    }
  }
  return null;
}

/** @param {number} minute */
function words(minute) {
  const { zone: timeZone, lang } = document.getElementById("agenda-dialog")?.dataset ?? {};
  return new Date(minute * 60000).toLocaleTimeString(lang, { timeStyle: "short", timeZone });
}

/** @param {Drag} one @param {Spot} spot @param {number} minutes @param {string} text */
function draw(one, spot, minutes, text) {
  spot.day.append(one.ghost);
  one.ghost.style.gridRow = `${spot.row} / ${spot.row + Math.max(1, Math.ceil(minutes / ROW))}`;
  one.ghost.textContent = text;
}

/** @param {PointerEvent} event */
function follow(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return;
  drag.moved = true;
  document.documentElement.classList.add("agenda-dragging");
  const step = Number(drag.event?.dataset.step || ROW);
  const spot = spotAt(event.clientX, event.clientY - drag.grab + (drag.event ? (step / 2) * perMinute() : 0), step);
  if (!spot || (drag.from && spot.day !== drag.from.day)) return;
  drag.spot = spot;
  if (drag.event) return draw(drag, spot, Number(drag.event.dataset.minutes), words(spot.at));
  const from = /** @type {Spot} */ (drag.from);
  const [first, last] = spot.at < from.at ? [spot, from] : [from, spot];
  draw(drag, first, last.at - first.at + ROW, `${words(first.at)} – ${words(last.at + ROW)}`);
}

function perMinute() {
  const free = document.querySelector("[data-agenda-free]");
  return free ? free.getBoundingClientRect().height / HALF : 1;
}

function forget() {
  drag?.ghost.remove();
  drag?.event?.removeAttribute("data-dragged");
  document.documentElement.classList.remove("agenda-dragging");
  drag = null;
}

/** Is something in hand now? @param {PointerEvent} event @param {boolean} [free] whether free time may be blocked */
function lift(event, free = true) {
  const target = /** @type {Element} */ (event.target);
  if (drag || !document.querySelector("[data-agenda]")) return false;
  const moving = /** @type {HTMLElement | null} */ (target.closest?.(".hours [data-step]"));
  const blocking = free && target.closest?.(".hours [data-agenda-free]");
  if (!moving && !blocking) return false;
  const ghost = document.createElement("div");
  ghost.className = moving ? "hours__ghost" : "hours__ghost hours__ghost--block";
  const grab = moving ? event.clientY - moving.getBoundingClientRect().top : 0;
  const from = moving ? null : spotAt(event.clientX, event.clientY, ROW);
  if (!moving && !from) return false;
  drag = { event: moving, from, ghost, x: event.clientX, y: event.clientY, grab, moved: false, spot: null, pointer: event.pointerId };
  moving?.setAttribute("data-dragged", "");
  swallow = false;
  return true;
}

page.admitone.agenda = { ...page.admitone.agenda, lift, follow };
document.addEventListener("pointerdown", (event) => {
  if (!event.button && event.pointerType !== "touch") lift(event, event.shiftKey);
});
document.addEventListener("pointermove", follow);
document.addEventListener("pointercancel", forget);
document.addEventListener("dragstart", (event) => {
  if (drag) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag?.moved) return;
  event.preventDefault();
  swallow = true;
  forget();
});
document.addEventListener("click", (event) => {
  if (swallow) event.preventDefault();
  swallow = false;
}, true);

document.addEventListener("pointerup", (event) => {
  const one = drag;
  if (!one || event.pointerId !== one.pointer) return;
  if (!one.moved || !one.spot) return forget();
  swallow = true;
  setTimeout(() => (swallow = false));
  const home = document.getElementById("agenda-dialog")?.dataset.agendaHome;
  const zone = encodeURIComponent(document.getElementById("agenda-dialog")?.dataset.zone || "");
  if (one.event && String(one.spot.at) !== one.event.dataset.start) {
    const id = /([0-9a-f-]{36})\/?$/.exec(one.event.getAttribute("href") || "")?.[1];
    ask(one, `${home}appointments/${id}/move/?start=${one.spot.at}&zone=${zone}`);
  } else if (one.from) {
    const [first, last] = [one.from.at, one.spot.at].sort((a, b) => a - b);
    const host = one.spot.day.dataset.host || "";
    ask(one, `${home}block/?start=${first}&end=${last + ROW}&host=${host}&zone=${zone}`);
  } else forget();
});

/** The ghost stays until the dialog has been answered. @param {Drag} one @param {string} address */
function ask(one, address) {
  drag = null;
  document.documentElement.classList.remove("agenda-dragging");
  const back = () => {
    one.ghost.remove();
    one.event?.removeAttribute("data-dragged");
  };
  if (!page.admitone.agenda.open(address, one.event, back)) back();
}
