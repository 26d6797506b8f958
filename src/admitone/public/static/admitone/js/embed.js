// Admit One embed, version 1: <script async src="https://HOST/embed.js"></script>
// <div data-book="https://HOST/account/calendar" data-mode="inline|popup|float" data-label="Book"><a href="...">Book</a></div>
(() => {
  "use strict";
  if (window.admitoneEmbed) return;
  const script = document.currentScript || document.querySelector("script[src$='/embed.js']");
  const home = new URL(script.src).origin;
  const frames = new Map();
  const SILENCE = 2000;
  let count = 0;

  function address(target, id) {
    const url = new URL(target, home);
    if (url.origin !== home) return null;
    new URLSearchParams(location.search).forEach((value, name) => {
      if (name.startsWith("utm_") && !url.searchParams.has(name)) url.searchParams.set(name, value);
    });
    for (const [name, value] of [["embed", "1"], ["origin", location.origin], ["id", id]]) url.searchParams.set(name, value);
    return url.href;
  }

  function frame(holder, onClose, onSilence) {
    const id = "a" + ++count;
    const src = address(holder.dataset.book, id);
    if (!src) return null;
    const element = document.createElement("iframe");
    element.src = src;
    element.title = holder.dataset.label || "Book an appointment";
    element.loading = "eager";
    Object.assign(element.style, { width: "100%", minHeight: holder.dataset.height || "680px", border: "0", colorScheme: "normal" });
    const found = { element, holder, onClose, ready: false };
    frames.set(id, found);
    // Our pages speak before they have loaded. One that this site may not show never does.
    element.addEventListener("load", () => setTimeout(() => found.ready || onSilence(), SILENCE), { once: true });
    return element;
  }

  function inline(holder) {
    const fallback = [...holder.childNodes];
    const back = () => holder.firstElementChild === element && holder.replaceChildren(...fallback);
    const element = frame(holder, undefined, back);
    if (element) holder.replaceChildren(element);
  }

  function dialogOf(holder) {
    const dialog = document.createElement("dialog");
    Object.assign(dialog.style, { width: "min(64rem, 100vw)", maxWidth: "100vw", maxHeight: "96vh", padding: "0", border: "0", borderRadius: "12px", overflow: "auto" });
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "\u00d7";
    close.setAttribute("aria-label", holder.dataset.close || "Close");
    Object.assign(close.style, { position: "sticky", top: "0", float: "inline-end", width: "44px", height: "44px", fontSize: "28px", lineHeight: "1", border: "0", background: "none", color: "inherit", cursor: "pointer", zIndex: "1" });
    close.addEventListener("click", () => dialog.close());
    const leave = () => dialog.open && location.assign(new URL(holder.dataset.book, home));
    const element = frame(holder, () => dialog.close(), leave);
    if (!element) return null;
    dialog.append(close, element);
    dialog.addEventListener("close", () => emit(holder, "close", {}));
    document.body.append(dialog);
    return dialog;
  }

  function opener(holder, button) {
    let dialog = null;
    button.addEventListener("click", (event) => {
      dialog = dialog || dialogOf(holder);
      if (!dialog) return;
      event.preventDefault();
      dialog.showModal();
    });
  }

  function popup(holder) {
    opener(holder, holder.querySelector("a, button") || holder);
  }

  function float(holder) {
    const button = holder.querySelector("a, button") || holder.appendChild(document.createElement("button"));
    if (!button.textContent.trim()) button.textContent = holder.dataset.label || "Book";
    Object.assign(button.style, { position: "fixed", insetInlineEnd: "20px", insetBlockEnd: "20px", zIndex: "2147483000", padding: "14px 22px", border: "0", borderRadius: "999px", background: holder.dataset.color || "#0f7a5a", color: holder.dataset.ink || "#fff", font: "600 16px/1 system-ui, sans-serif", textDecoration: "none", boxShadow: "0 6px 24px rgb(0 0 0 / .25)", cursor: "pointer" });
    opener(holder, button);
  }

  function emit(holder, type, data) {
    holder.dispatchEvent(new CustomEvent("admitone:" + type, { bubbles: true, detail: data }));
  }

  const TYPES = ["ready", "resize", "slot.selected", "booking.created", "booking.rescheduled", "booking.cancelled", "link.unavailable", "close"];

  addEventListener("message", (event) => {
    const message = event.data;
    if (event.origin !== home || !message || message.source !== "admitone" || message.v !== 1) return;
    const found = frames.get(message.id);
    if (!found || event.source !== found.element.contentWindow || !TYPES.includes(message.type)) return;
    found.ready = true;
    if (message.type === "resize" && message.data.height > 0) {
      // the reserved height stays the floor, so that the page around never jumps up
      found.element.style.height = Math.min(message.data.height, 20000) + "px";
    }
    if (message.type === "close" && found.onClose) found.onClose();
    emit(found.holder, message.type, message.data);
  });

  const MODES = { inline, popup, float };

  function start(root) {
    for (const holder of root.querySelectorAll("[data-book]")) {
      if (holder.dataset.admitone) continue;
      holder.dataset.admitone = "1";
      (MODES[holder.dataset.mode] || inline)(holder);
    }
  }

  window.admitoneEmbed = { v: 1, start: () => start(document) };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
  else start(document);
})();
