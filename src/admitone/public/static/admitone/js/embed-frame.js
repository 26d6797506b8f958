// @ts-check
// Inside a frame: tell the page around us what happens, and only the origin the owner allows. No personal data.

const own = /** @type {HTMLScriptElement} */ (document.querySelector("script[data-embed]"));
const { origin = "", id = "", event = "" } = own.dataset;

/** @param {string} type @param {object} [data] */
function send(type, data = {}) {
  parent.postMessage({ v: 1, source: "admitone", id, type, data }, origin);
}

let last = 0;
function measure() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (Math.abs(height - last) < 2) return;
  last = height;
  send("resize", { height });
}

if (parent !== window && origin) {
  send("ready");
  if (event) send(event.trim());
  new ResizeObserver(measure).observe(document.body);
  document.addEventListener("admitone:slot", (slot) => send("slot.selected", /** @type {CustomEvent} */ (slot).detail));
  document.addEventListener("keydown", (key) => key.key === "Escape" && send("close"));
  addEventListener("message", (message) => {
    if (message.source !== parent || message.origin !== origin || message.data?.source !== "admitone") return;
    if (message.data.type === "resize") {
      last = 0;
      measure();
    }
  });
}
