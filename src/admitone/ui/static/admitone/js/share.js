// @ts-check
// [data-share-url] (with data-share-title, data-share-text) opens the device's own share sheet; hidden where there is none.

/** @param {HTMLElement} button */
function content(button) {
  const from = button.dataset.shareFrom;
  const field = from ? /** @type {HTMLInputElement | null} */ (document.querySelector(from)) : null;
  return { url: field?.value || button.dataset.shareUrl, title: button.dataset.shareTitle, text: button.dataset.shareText };
}

function start() {
  if (!navigator.share) return;
  for (const button of document.querySelectorAll("[data-share-url], [data-share-from]")) button.removeAttribute("hidden");
}

document.addEventListener("click", async (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-share-url], [data-share-from]");
  if (!(button instanceof HTMLElement) || !navigator.share) return;
  event.preventDefault();
  // closing the sheet without sharing rejects, which is no error
  await navigator.share(content(button)).catch(() => {});
});
start();
document.addEventListener("htmx:afterSettle", start);
