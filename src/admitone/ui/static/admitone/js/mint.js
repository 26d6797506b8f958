// @ts-check
// form[data-mint] makes a link by POST and copies it in one press. The answer is JSON with `url`, and optionally
// `message`. [data-mint-output] receives the link; pressing again copies the same link; a submit button with
// data-mint-new always asks the server again. The form fires admitone:minted with the answer.

/** @type {any} */
const page = globalThis;

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
async function mint(form, submitter) {
  const body = submitter instanceof HTMLButtonElement ? new FormData(form, submitter) : new FormData(form);
  const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail || answer.title);
  show(form, answer);
  return String(answer.url);
}

/** @param {HTMLFormElement} form @param {{url: string, message?: string}} answer */
function show(form, answer) {
  form.dataset.minted = answer.url;
  const scope = form.closest("[data-copy-scope]") ?? form;
  for (const hidden of scope.querySelectorAll("[data-mint-shown]")) hidden.removeAttribute("hidden");
  const field = output(form);
  if (field) field.value = answer.url;
  const age = scope.querySelector("[data-mint-message]");
  if (age && answer.message) age.textContent = answer.message;
  form.dispatchEvent(new CustomEvent("admitone:minted", { bubbles: true, detail: answer }));
}

/** @param {HTMLFormElement} form @returns {HTMLInputElement | null} */
function output(form) {
  return (form.closest("[data-copy-scope]") ?? form).querySelector("input[data-mint-output]");
}

/** @param {HTMLFormElement} form @param {string} words */
function fail(form, words) {
  const place = (form.closest("[data-copy-scope]") ?? form).querySelector("[data-copy-note]");
  if (place) place.textContent = words;
  page.admitone.announce(words);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-mint]")) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  const submitter = /** @type {HTMLElement | null} */ (event.submitter);
  const again = !submitter?.hasAttribute("data-mint-new") && form.dataset.minted;
  form.setAttribute("aria-busy", "true");
  let failure = "";
  const text = again || mint(form, submitter);
  if (typeof text !== "string") text.catch((error) => { failure = error.message; });
  await page.admitone.copy(text, submitter ?? form, output(form));
  form.removeAttribute("aria-busy");
  if (failure) fail(form, failure);
});
