// @ts-check
// [data-confirm="Question?"] on a submit button or link asks in <dialog id="confirm"> first; data-confirm-detail adds a
// sentence, data-confirm-label names the button. hx-confirm is asked in the same dialog.

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("confirm"));
const usual = dialog?.querySelector("[data-confirm-yes]")?.textContent ?? "";

/** @param {string} question @param {string} detail @param {string} label @param {() => void} then */
function ask(question, detail, label, then) {
  if (!dialog) return then();
  /** @param {string} name @param {string} text */
  const put = (name, text) => { const place = dialog.querySelector(name); if (place) place.textContent = text; };
  put("[data-confirm-question]", question);
  put("[data-confirm-detail-text]", detail);
  put("[data-confirm-yes]", label || usual);
  dialog.returnValue = "";
  dialog.onclose = () => { if (dialog.returnValue === "yes") then(); };
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target).closest("[data-confirm]");
  if (!(target instanceof HTMLElement) || target.hasAttribute("data-confirmed")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { confirm = "", confirmDetail = "", confirmLabel = "" } = target.dataset;
  ask(confirm, confirmDetail, confirmLabel, () => {
    target.setAttribute("data-confirmed", "");
    target.click();
    target.removeAttribute("data-confirmed");
  });
}, true);

document.addEventListener("htmx:confirm", (event) => {
  const detail = /** @type {CustomEvent} */ (event).detail;
  if (!detail.question || !dialog) return;
  event.preventDefault();
  ask(detail.question, "", detail.elt.dataset.confirmLabel ?? "", () => detail.issueRequest(true));
});
