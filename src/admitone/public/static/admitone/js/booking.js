// @ts-check
// The booking page. Days and months are swapped in without losing what was typed; the bar names the chosen time; the
// first human gesture is reported ("probably opened"). Without this file all of it works by page loads.

const book = /** @type {HTMLFormElement | null} */ (document.querySelector("#book"));

/** @returns {HTMLInputElement | null} */
const chosen = () => document.querySelector("#book input[name=start]:checked");

function showChoice() {
  const slot = chosen();
  for (const place of document.querySelectorAll("[data-what]")) {
    if (!(place instanceof HTMLElement)) continue;
    place.dataset.empty ??= place.textContent ?? "";
    if (slot) place.textContent = slot.dataset.when ?? "";
    else if (book?.querySelector("input[type=radio]")) place.textContent = place.dataset.empty;
  }
}

document.addEventListener("change", (event) => {
  const slot = event.target;
  if (!(slot instanceof HTMLInputElement) || slot.name !== "start") return;
  showChoice();
  document.dispatchEvent(new CustomEvent("admitone:slot", { detail: { start: Number(slot.value) } }));
});

/** Replace month and slots by those of another address of this page. @param {string} url @param {boolean} remember */
async function swap(url, remember) {
  const picker = document.querySelector("[data-picker]");
  picker?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const parts = ["when", "slots"].map((name) => {
      const selector = `[data-part=${name}]`;
      return [document.querySelector(selector), page.querySelector(selector)];
    });
    if (!answer.ok || parts.some(([here, there]) => !here || !there)) return location.assign(url);
    for (const [here, there] of parts) if (here && there) here.replaceWith(there);
    if (remember) history.replaceState(null, "", url);
    showChoice();
    /** @type {HTMLElement | null} */ (document.querySelector("#slots-title"))?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("admitone:swapped"));
  } catch {
    location.assign(url);
  } finally {
    picker?.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest?.("[data-picker] a[href^='?']:not([data-timezone-link])");
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (link.classList.contains("zone__all")) return;
  event.preventDefault();
  swap(link.href, true);
});

// "opened": once, after a hand or a key moved; mail scanners and previews do neither
const told = /** @type {HTMLElement | null} */ (document.querySelector("[data-opened]"));
if (told) {
  const tell = () => {
    for (const name of ["pointerdown", "keydown"]) removeEventListener(name, tell);
    fetch(told.dataset.opened ?? "", { method: "POST", keepalive: true }).catch(() => {});
  };
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, tell);
}

/** @type {HTMLElement | null} */ (document.querySelector("[data-focus]"))?.focus();
showChoice();
