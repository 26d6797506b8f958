// @ts-check
// htmx: the CSRF token on every request, 4xx form answers swapped in, failures told in words.

/** @type {any} */
const page = globalThis;

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.getAttribute("content");
  if (token) /** @type {CustomEvent} */ (event).detail.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = /** @type {CustomEvent} */ (event).detail;
  if ([409, 410, 422].includes(detail.xhr.status)) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    const words = document.querySelector("meta[name=request-failed]")?.getAttribute("content");
    if (words) page.admitone.toast(words, "error");
  });
}
