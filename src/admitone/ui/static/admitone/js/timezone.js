// @ts-check
// The browser's zone: [data-timezone="Zone/Shown"] unhides its [data-timezone-offer] when the browser's zone differs
// (name into [data-timezone-name], ?tz= into a[data-timezone-link]); input[data-timezone-input] receives the zone;
// select[data-timezone-select] is preset.

const zone = ours(Intl.DateTimeFormat().resolvedOptions().timeZone);

/** @param {HTMLElement} root */
function offer(root) {
  if (canonical(root.dataset.timezone ?? "") === canonical(zone)) return;
  for (const name of root.querySelectorAll("[data-timezone-name]")) name.textContent = zone.replace(/_/g, " ");
  for (const link of root.querySelectorAll("a[data-timezone-link]")) {
    const url = new URL(location.href);
    url.searchParams.set("tz", zone);
    /** @type {HTMLAnchorElement} */ (link).href = url.href;
  }
  for (const part of root.querySelectorAll("[data-timezone-offer]")) part.removeAttribute("hidden");
}

/** The page's list may have a newer name for it: browsers still say Asia/Calcutta. @param {string} name */
function ours(name) {
  const options = document.querySelectorAll("select[name=tz] option");
  const names = [...options].map((option) => /** @type {HTMLOptionElement} */ (option).value);
  return !name || names.includes(name) ? name : (names.find((one) => canonical(one) === canonical(name)) ?? name);
}

/** Asia/Calcutta and Asia/Kolkata are one zone: compare what the browser makes of both. @param {string} name */
function canonical(name) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return "";
  }
}

if (zone) {
  for (const root of document.querySelectorAll("[data-timezone]")) offer(/** @type {HTMLElement} */ (root));
  for (const input of document.querySelectorAll("input[data-timezone-input]")) {
    /** @type {HTMLInputElement} */ (input).value = zone;
  }
  for (const select of document.querySelectorAll("select[data-timezone-select]")) {
    const list = /** @type {HTMLSelectElement} */ (select);
    if ([...list.options].some((option) => option.value === zone)) list.value = zone;
  }
}
