// @ts-check
// The custom values ([data-values], a popover with a searched list): opened by a [data-values-for] button, a value goes in
// at the caret of that field. Arrow keys and Enter while the search has the focus; a press on a value does the same.

/** @type {any} */
const page = globalThis;
/** @type {HTMLInputElement | HTMLTextAreaElement | null} */
let field = null;
/** @type {HTMLElement | null} */
let opener = null;
/** @type {Map<Element, [number, number]>} */
const carets = new Map();

const list = () => /** @type {HTMLElement | null} */ (document.querySelector("[data-values]"));

/** @returns {HTMLElement[]} */
function options() {
  const all = /** @type {HTMLElement[]} */ ([...(list()?.querySelectorAll("[data-value]") ?? [])]);
  return all.filter((one) => !one.hidden);
}

/** @param {HTMLElement | undefined} one */
function choose(one) {
  for (const other of list()?.querySelectorAll("[aria-selected=true]") ?? []) other.setAttribute("aria-selected", "false");
  one?.setAttribute("aria-selected", "true");
  one?.scrollIntoView({ block: "nearest" });
  const search = list()?.querySelector("[data-values-search]");
  if (one) search?.setAttribute("aria-activedescendant", one.id);
  else search?.removeAttribute("aria-activedescendant");
}

/** @param {string} text */
function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of list()?.querySelectorAll("[data-values-group]") ?? []) {
    const label = group.firstElementChild?.textContent ?? "";
    let some = false;
    for (const one of group.querySelectorAll("[data-value]")) {
      const said = `${label} ${one.textContent}`.toLowerCase();
      const fits = words.every((word) => said.includes(word));
      /** @type {HTMLElement} */ (one).hidden = !fits;
      some ||= fits;
    }
    /** @type {HTMLElement} */ (group).hidden = !some;
  }
  const none = list()?.querySelector("[data-values-none]");
  if (none) /** @type {HTMLElement} */ (none).hidden = options().length > 0;
  choose(options()[0]);
}

/** @param {HTMLElement} one */
function insert(one) {
  const text = one.dataset.value ?? "";
  list()?.hidePopover();
  if (!field) return;
  const [start, end] = carets.get(field) ?? [field.value.length, field.value.length];
  field.focus();
  field.setRangeText(text, start, end, "end");
  carets.set(field, [start + text.length, start + text.length]);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  page.admitone.announce(one.querySelector(".values__name")?.textContent ?? text);
}

/** @param {HTMLElement} box */
function place(box) {
  if (!opener) return;
  const spot = opener.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const wanted = document.dir === "rtl" ? spot.left : spot.right - size.width;
  const top = spot.bottom + 4 + size.height > innerHeight ? Math.max(8, innerHeight - size.height - 8) : spot.bottom + 4;
  box.style.setProperty("inset", "auto");
  box.style.setProperty("margin", "0");
  box.style.setProperty("left", `${Math.max(8, Math.min(wanted, innerWidth - size.width - 8))}px`);
  box.style.setProperty("top", `${top}px`);
}

for (const name of ["select", "keyup", "click", "input", "focusout"]) {
  document.addEventListener(name, (event) => {
    const one = event.target;
    if (!(one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement)) return;
    if (one.closest(".field--merge") && one.selectionStart !== null) carets.set(one, [one.selectionStart, one.selectionEnd ?? 0]);
  });
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const one = target.closest?.("[data-value]");
  if (one instanceof HTMLElement) insert(one);
  const button = target.closest?.("[data-values-for]");
  if (button instanceof HTMLElement) {
    opener = button;
    const wanted = document.getElementById(button.dataset.valuesFor ?? "");
    field = wanted instanceof HTMLInputElement || wanted instanceof HTMLTextAreaElement ? wanted : null;
  }
}, true);

document.addEventListener("toggle", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLElement) || !box.matches("[data-values]:popover-open")) return;
  place(box);
  const input = box.querySelector("[data-values-search]");
  if (input instanceof HTMLInputElement) {
    input.value = "";
    input.focus();
  }
  search("");
}, true);

document.addEventListener("input", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.matches?.("[data-values-search]")) search(input.value);
});

document.addEventListener("keydown", (event) => {
  if (!(/** @type {Element} */ (event.target).matches?.("[data-values-search]"))) return;
  const all = options();
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "Enter") {
    event.preventDefault();
    if (all[at]) insert(all[at]);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  }
});
