// @ts-check
// The calendar's dialogs: a press on [data-agenda-open] or on free time shows its address over the page, in #agenda-dialog.
// admitone.agenda.open(address, from, closed) does the same; `closed` is called once, when the dialog has gone.

/** @type {any} */
const page = globalThis;
/** @type {HTMLElement | null} */
let opener = null;
/** @type {(() => void) | null} */
let whenClosed = null;

function place() {
  return document.getElementById("agenda-dialog");
}

/** @param {string} address @param {HTMLElement | null} from @param {(() => void) | null} [closed] */
function open(address, from, closed = null) {
  const target = place();
  if (!target || !page.htmx) return false;
  if (from && !target.contains(from)) opener = from;
  whenClosed = closed;
  page.htmx.ajax("GET", address, { target });
  return true;
}

/** What stands behind a link in the dialog: of an appointment's page its short form. @param {HTMLAnchorElement} link */
function addressOf(link) {
  const home = place()?.dataset.agendaHome || "";
  const url = new URL(link.href);
  url.pathname = url.pathname.replace(/^.*\/bookings\/([0-9a-f-]{36})\/$/, `${home}appointments/$1/`);
  if (link.dataset.agendaOpen === "dialog" || link.dataset.agendaFree) url.searchParams.set("dialog", "1");
  const host = link.closest("[data-host]")?.getAttribute("data-host");
  if (link.dataset.agendaFree && host) url.searchParams.set("host", host);
  if (!url.searchParams.has("zone")) url.searchParams.set("zone", place()?.dataset.zone || "");
  return url.pathname + url.search;
}

function closed() {
  whenClosed?.();
  whenClosed = null;
  if (opener?.isConnected) opener.focus();
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = /** @type {Element} */ (event.target).closest?.("a[data-agenda-open], a[data-agenda-free]");
  if (link instanceof HTMLAnchorElement && open(addressOf(link), link, whenClosed)) event.preventDefault();
});

// "close" does not bubble; a dialog that is replaced by its next state never closes
document.addEventListener(
  "close",
  (event) => {
    const target = place();
    if (!target?.contains(/** @type {Node} */ (event.target))) return;
    target.replaceChildren();
    closed();
  },
  true,
);

// no answer at all, or one that cannot be shown: everything is as it was
for (const kind of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(kind, () => {
    if (place() && !place()?.querySelector("dialog[open]")) closed();
  });
}

page.admitone.agenda = { ...page.admitone.agenda, open };
