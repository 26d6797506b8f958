// @ts-check
// .toast leaves by its [data-toast-close] button, or by itself after data-toast-seconds; never while pointed at or focused.
// admitone.toast(text, tone) adds one.

/** @type {any} */
const page = globalThis;

/** @param {HTMLElement} toast */
function schedule(toast) {
  const seconds = Number(toast.dataset.toastSeconds);
  if (!seconds || toast.dataset.toastReady) return;
  toast.dataset.toastReady = "yes";
  setTimeout(function leave() {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else toast.remove();
  }, seconds * 1000);
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("[data-toast-close]")) target.closest(".toast")?.remove();
});

page.admitone.toast = (/** @type {string} */ text, tone = "success") => {
  const place = document.querySelector("[data-toasts]");
  if (!place) return;
  const toast = document.createElement("div");
  toast.className = `toast toast--${tone}`;
  const words = document.createElement("div");
  words.className = "toast__text";
  words.textContent = text;
  toast.append(words);
  toast.dataset.toastSeconds = "7";
  place.append(toast);
  schedule(toast);
  page.admitone.announce(text);
};

function start() {
  for (const toast of document.querySelectorAll(".toast")) schedule(/** @type {HTMLElement} */ (toast));
}
start();
document.addEventListener("htmx:afterSettle", start);
// a view answers HX-Trigger: {"toast": {"text": "...", "tone": "success"}}
document.addEventListener("toast", (event) => {
  const detail = /** @type {CustomEvent} */ (event).detail;
  page.admitone.toast(detail.text, detail.tone);
});
