/* Rules: put in another order by drag, or by Alt and the arrow keys. Both press the buttons that stand there anyway. */
(() => {
  "use strict";
  const list = () => document.querySelector("[data-sortable]");
  let dragged = null;

  function send(item, to) {
    const form = document.getElementById("moves");
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "to", value: `${item.dataset.position}-${to}` });
    form.append(field);
    form.requestSubmit();
    field.remove();
  }

  function prepare() {
    for (const item of list()?.children ?? []) item.draggable = true;
    for (const link of list()?.querySelectorAll("a") ?? []) link.draggable = false;
  }

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-sortable] > li") ?? null;
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.position);
    dragged.classList.add("p-dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = dragged && event.target.closest("[data-sortable] > li");
    if (!over) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    if (over !== dragged) list().insertBefore(dragged, event.clientY > box.top + box.height / 2 ? over.nextSibling : over);
  });
  document.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
  document.addEventListener("dragend", () => {
    if (!dragged) return;
    const item = dragged, to = list().start + [...list().children].indexOf(item);
    dragged = null;
    item.classList.remove("p-dragged");
    if (to !== Number(item.dataset.position)) send(item, to);
  });

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const item = document.activeElement.closest("[data-sortable] > li");
    if (!item) return;
    event.preventDefault();
    const to = Number(item.dataset.position) + (event.key === "ArrowUp" ? -1 : 1);
    if (item.querySelector(`button[value$="-${to}"]`)) { focusOn = [`rule-${to}`]; send(item, to); }
  });
  // The focus goes with the rule that is moved: to the same button at its new place, and at the end to the rule.
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "moves" || !event.submitter?.id) return;
    const [from, to] = event.submitter.value.split("-").map(Number);
    focusOn = [`${to < from ? "up" : "down"}-${to}`, `rule-${to}`];
  }, true);
  // Where the list lies above the builder, whoever chooses a rule is led to it.
  document.addEventListener("click", (event) => {
    isLed = window.innerWidth < 992 && Boolean(event.target.closest?.(".p-rules a, .p-back"));
  });
  let focusOn = [], isLed = false;
  document.addEventListener("htmx:afterSettle", () => {
    prepare();
    focusOn.map((id) => document.getElementById(id)).find(Boolean)?.focus();
    if (isLed) document.getElementById("editor").scrollIntoView();
    focusOn = [];
    isLed = false;
  });
  document.addEventListener("DOMContentLoaded", prepare);
})();
