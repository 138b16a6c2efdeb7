/* The rules' editor is put in place anew after each change. Nothing that is pressed or typed meanwhile is lost, and the
   focus stays in place. */
(() => {
  "use strict";
  // One thing at a time. A field that is left sends itself; what was pressed in leaving it (Undo, Publish, another rule)
  // waits for the answer and is done to what came back. Should the answer say that something is wrong, or that somebody
  // was first, that is read first; but Undo still takes back what was typed wrongly. Where lines or rules change their
  // places, a second change is not made at all: it would meet another line.
  let sent = null, waiting = null;
  const isEditor = (event) => event.detail.target?.id === "editor";
  const field = (name) => document.querySelector(`#editor [name=${name}]`)?.value;

  const keepsPlaces = (elt) => elt.matches("a, form[data-submit]:not([action$='/group'])") && !elt.elements?.is_new;

  document.addEventListener("htmx:confirm", (event) => {
    const { elt, verb, path, triggeringEvent } = event.detail;
    if (!sent || elt === sent || !isEditor(event)) return;
    event.preventDefault();
    if (verb === "post" && !keepsPlaces(sent)) return;
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

  // Whoever works by keyboard stays in place: where the control that was pressed is gone, the focus goes to what one would
  // press next in the same line or part of the rule, else to the rule.
  let place = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const old = document.activeElement;
    if (!isEditor(event) || !old.closest("#editor")) return;
    place = { line: old.form?.id, part: [...document.querySelectorAll(".p-build")].indexOf(old.closest(".p-build")) };
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (place && document.activeElement === document.body) {
      const line = place.line && document.getElementById(place.line)?.querySelector(".p-newval");
      const part = [...(document.querySelectorAll(".p-build")[place.part]?.querySelectorAll(".p-add") ?? [])].pop();
      (line || part || document.querySelector(".p-rules [aria-current]"))?.focus({ preventScroll: true });
    }
    place = null;
  });
})();
