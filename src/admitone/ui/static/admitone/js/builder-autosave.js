// @ts-check
// form[data-autosave] is kept in the draft whenever one of its fields has been changed. Its title waits for Save, as the
// step's name follows it. What is refused, or was changed elsewhere, is told when Save is pressed.

/** @type {any} */
const page = globalThis;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Promise<void> | null} */
let saving = null;

/** @param {HTMLFormElement} form */
async function save(form) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" } });
  if (!answer.ok) return;
  const { seen } = await answer.json();
  const field = form.querySelector("[name=seen]");
  if (field instanceof HTMLInputElement) field.value = seen;
  page.admitone.redrawHead();
}

// the workflow's state: when it was saved, whether it differs from what is published
page.admitone.redrawHead = () => {
  const head = "#workflow-head";
  page.htmx?.ajax("GET", location.href, { source: head, target: head, select: head, swap: "outerHTML" });
};

document.addEventListener("change", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const form = field.form;
  if (!form?.matches("[data-autosave]") || field.name === "label") return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!form.isConnected) return;
    saving = save(form).catch(() => {}).finally(() => { saving = null; });
  }, 400);
});

// pressing Save, or going on to another step, waits for what is on its way
document.addEventListener("htmx:confirm", (event) => {
  const detail = /** @type {CustomEvent} */ (event).detail;
  clearTimeout(timer);
  if (!saving || detail.question) return;
  event.preventDefault();
  saving.then(() => detail.issueRequest(true));
});
