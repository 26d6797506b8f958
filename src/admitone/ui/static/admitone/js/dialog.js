// @ts-check
// [data-dialog-open="id"] opens <dialog id>; [data-dialog-close] and a press on the backdrop close it; a dialog with
// data-dialog-auto opens with the page. The browser gives the focus back. On a link, href is the way without script.

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const opener = target.closest("[data-dialog-open]");
  if (opener instanceof HTMLElement) {
    const dialog = document.getElementById(opener.dataset.dialogOpen ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      if (!dialog.open) dialog.showModal();
    }
    return;
  }
  if (target.closest("[data-dialog-close]")) {
    const dialog = target.closest("dialog");
    if (dialog) {
      event.preventDefault();
      dialog.close();
    }
  }
});

// a press that starts and ends on the dialog element itself is on its backdrop: the content fills the box
let pressedBackdrop = false;
document.addEventListener("pointerdown", (event) => {
  pressedBackdrop = event.target instanceof HTMLDialogElement && outside(event.target, event);
});
document.addEventListener("pointerup", (event) => {
  const dialog = event.target;
  if (pressedBackdrop && dialog instanceof HTMLDialogElement && outside(dialog, event)) dialog.close();
  pressedBackdrop = false;
});

/** @param {HTMLDialogElement} dialog @param {PointerEvent} event */
function outside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/** @param {ParentNode} root */
function autoOpen(root) {
  for (const dialog of root.querySelectorAll("dialog[data-dialog-auto]")) {
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  }
}
autoOpen(document);
document.addEventListener("htmx:afterSwap", (event) => autoOpen(/** @type {Element} */ (event.target)));
