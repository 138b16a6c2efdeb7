/* Rules: put in another order by drag, or by Alt and the arrow keys; both press the buttons that stand there anyway.
   And one thing at a time, see below. */
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

  // One thing at a time. A field that is left sends itself; what was pressed in leaving it (Undo, Publish, another rule)
  // waits for the answer and is done to what came back. Should the answer say that something is wrong, or that somebody
  // was first, that is read first; but Undo still takes back what was typed wrongly.
  let sent = null, waiting = null;
  const isEditor = (event) => event.detail.target?.id === "editor";
  const field = (name) => document.querySelector(`#editor [name=${name}]`)?.value;

  document.addEventListener("htmx:confirm", (event) => {
    const { elt, verb, path, triggeringEvent } = event.detail;
    if (!sent || elt === sent || !isEditor(event)) return;
    event.preventDefault();
    const values = new FormData(...(elt.matches("form") ? [elt, triggeringEvent.submitter] : []));
    waiting = () => {
      if (values.get("rule") === field("rule")) values.set("was", field("was"));
      if (values.has("revision")) values.set("revision", field("revision"));
      htmx.ajax(verb, path, { target: "#editor", swap: "outerHTML show:none", values });
    };
  });
  document.addEventListener("submit", (event) => {
    const id = event.target.id;
    if (!sent || !event.target.matches("[data-waits]")) return;
    event.preventDefault();
    event.stopPropagation();
    waiting = () => {
      const now = document.getElementById(id);
      if (now) now.matches("form") ? now.requestSubmit() : now.click();
    };
    waiting.is = id;
  }, true);
  document.addEventListener("htmx:beforeRequest", (event) => { if (isEditor(event)) sent = event.detail.elt; });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isEditor(event)) return;
    const status = event.detail.xhr.status;
    if (status !== 200 && !(status === 422 && waiting?.is === "undo")) waiting = null;
    sent = null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const next = waiting;
    waiting = null;
    next?.();
  });

  // What is typed while an answer comes does not go with the old field: it moves into the new one, and is sent from there.
  let typed = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const old = document.activeElement;
    typed = null;
    if (!isEditor(event) || !old.matches("#editor input[id]:not([hx-preserve])") || old.value === old.defaultValue) return;
    typed = { id: old.id, was: old.defaultValue, value: old.value };
    old.value = old.defaultValue;  // else it reports a change while it goes
  });
  document.addEventListener("htmx:afterSwap", () => {
    const now = typed && document.getElementById(typed.id);
    if (!now || now.defaultValue !== typed.was) return;
    now.value = typed.value;
    now.addEventListener("blur", () => {
      if (now.value !== now.defaultValue) now.dispatchEvent(new Event("change", { bubbles: true }));
    }, { once: true });
  });
})();
