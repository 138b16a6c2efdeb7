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
    if (item.querySelector(`button[value$="-${to}"]`)) { focusOn = to; send(item, to); }
  });
  let focusOn = 0;
  document.addEventListener("htmx:afterSettle", () => {
    prepare();
    if (focusOn) document.getElementById(`rule-${focusOn}`)?.focus();
    focusOn = 0;
  });
  // Where the builder lies below the list, whoever chooses a rule is led to it.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.matches?.(".p-rules a") && window.innerWidth < 992) document.getElementById("rule")?.scrollIntoView();
  });
  document.addEventListener("DOMContentLoaded", prepare);
})();
