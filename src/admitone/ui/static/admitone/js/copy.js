// @ts-check
// [data-copy="text"] or [data-copy-from="#input"] copies; data-copy-done and data-copy-refused are its words.

/** @type {any} */
const page = globalThis;
const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/**
 * Puts text, or a promise of text, on the clipboard. Safari wants the promise inside the ClipboardItem.
 * @param {string | Promise<string>} text
 */
async function write(text) {
  if (!navigator.clipboard) throw new Error("no clipboard");
  if (typeof text === "string") return navigator.clipboard.writeText(text);
  if (typeof ClipboardItem === "undefined") return navigator.clipboard.writeText(await text);
  const blob = text.then((value) => new Blob([value], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

/** @param {HTMLElement} button @param {HTMLInputElement | null} field */
function refused(button, field) {
  const words = button.dataset.copyRefused || "Press Ctrl+C to copy";
  field?.focus();
  field?.select();
  page.admitone.announce(isMac ? words.replace("Ctrl", "⌘") : words);
  note(button, isMac ? words.replace("Ctrl", "⌘") : words);
}

/** @param {HTMLElement} button @param {string} words */
function note(button, words) {
  const place = button.closest("[data-copy-scope]")?.querySelector("[data-copy-note]");
  if (place) place.textContent = words;
}

/** @param {HTMLElement} button */
function done(button) {
  const words = button.dataset.copyDone || "Copied";
  const label = button.querySelector("[data-copy-label]");
  page.admitone.announce(words);
  note(button, words);
  if (button.hasAttribute("data-copied")) return;
  const before = label?.textContent;
  button.setAttribute("data-copied", "");
  if (label) label.textContent = words;
  setTimeout(() => {
    button.removeAttribute("data-copied");
    if (label) label.textContent = before ?? "";
  }, 2000);
}

/**
 * Copies and tells; when the browser refuses, the field is selected instead.
 * @param {string | Promise<string>} text @param {HTMLElement} button @param {HTMLInputElement | null} field
 */
page.admitone.copy = async (text, button, field) => {
  try {
    await write(text);
    done(button);
  } catch {
    await Promise.resolve(text).catch(() => {}); // the field is filled when the text is there
    refused(button, field);
  }
};

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest?.("[data-copy], [data-copy-from]");
  if (!(button instanceof HTMLElement)) return;
  const selector = button.dataset.copyFrom;
  const near = selector ? document.querySelector(selector) : button.parentElement?.querySelector("input");
  const field = near instanceof HTMLInputElement ? near : null;
  const text = button.dataset.copy || field?.value || near?.textContent || "";
  event.preventDefault();
  page.admitone.copy(text, button, field);
});
