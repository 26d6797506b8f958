// @ts-check
// [data-tabs] holds links (.tabs__tab href="#panel") and panels: ARIA tabs with arrow keys, Home and End (WAI-ARIA APG).
// Without script the links jump to panels that all stand open.

/** @param {HTMLElement} root */
function enhance(root) {
  if (root.dataset.tabsReady) return;
  root.dataset.tabsReady = "yes";
  const tabs = /** @type {HTMLAnchorElement[]} */ ([...root.querySelectorAll("a.tabs__tab[href^='#']")]);
  const list = root.querySelector(".tabs__list");
  list?.setAttribute("role", "tablist");
  for (const tab of tabs) {
    tab.setAttribute("role", "tab");
    tab.id ||= `${tab.hash.slice(1)}-tab`;
    const panel = panelOf(tab);
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0;
  }
  select(tabs, tabs.find((tab) => tab.hash === location.hash) ?? tabs.find((tab) => tab.ariaCurrent) ?? tabs[0]);
  root.addEventListener("click", (event) => {
    const tab = tabs.find((each) => each.contains(/** @type {Node} */ (event.target)));
    if (!tab) return;
    event.preventDefault();
    select(tabs, tab);
  });
  root.addEventListener("keydown", (event) => move(tabs, event));
}

/** @param {HTMLAnchorElement} tab @returns {HTMLElement} */
function panelOf(tab) {
  const panel = document.getElementById(tab.hash.slice(1));
  if (!panel) throw new Error(`no panel for ${tab.hash}`);
  return panel;
}

/** @param {HTMLAnchorElement[]} tabs @param {HTMLAnchorElement} chosen */
function select(tabs, chosen) {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.removeAttribute("aria-current");
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    panelOf(tab).hidden = !on;
  }
  reveal(chosen);
}

/** Scrolls the row of tabs alone, never the page. @param {Element} tab */
function reveal(tab) {
  const list = tab.parentElement;
  if (!list) return;
  const [box, row] = [tab.getBoundingClientRect(), list.getBoundingClientRect()];
  list.scrollLeft += box.left - row.left - (row.width - box.width) / 2;
}

/** @param {HTMLAnchorElement[]} tabs @param {KeyboardEvent} event */
function move(tabs, event) {
  const at = tabs.indexOf(/** @type {HTMLAnchorElement} */ (event.target));
  if (at < 0) return;
  const forward = getComputedStyle(tabs[at]).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
  const goals = { [forward]: at + 1, [backward]: at - 1, Home: 0, End: tabs.length - 1, " ": at };
  if (!(event.key in goals)) return;
  event.preventDefault();
  const next = tabs[(goals[event.key] + tabs.length) % tabs.length];
  select(tabs, next);
  next.focus();
}

/** @param {ParentNode} root */
function start(root) {
  for (const each of root.querySelectorAll("[data-tabs]")) enhance(/** @type {HTMLElement} */ (each));
}
start(document);
const here = document.querySelector(".page__tabs [aria-current]");
if (here) reveal(here);
// inside a closed dialog nothing has a place yet
document.addEventListener("toggle", (event) => {
  const tab = /** @type {Element} */ (event.target).querySelector?.("[role=tab][aria-selected=true]");
  if (tab) reveal(tab);
}, true);
document.addEventListener("htmx:afterSwap", (event) => start(/** @type {Element} */ (event.target)));
