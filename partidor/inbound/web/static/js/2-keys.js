/* The keyboard: "/" goes to the search; in a list marked data-rows, j and k move and Enter opens. Copying by a tap.
   On a phone, where the navigation is a strip, the room one is in is brought into view. */
(() => {
  "use strict";
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search) { event.preventDefault(); search.focus(); }
      return;
    }
    if (event.key !== "j" && event.key !== "k") return;
    const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement.closest("[data-row]"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, here + (event.key === "j" ? 1 : -1)))];
    (next.matches("a") ? next : next.querySelector("a, button"))?.focus();
    next.scrollIntoView({ block: "nearest" });
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    button.textContent = button.dataset.copied;
  });

  document.addEventListener("DOMContentLoaded", () => {
    const here = document.querySelector("nav [aria-current=page]");
    let strip = here?.parentElement;
    while (strip && strip.scrollWidth <= strip.clientWidth) strip = strip.parentElement;
    if (!strip) return;
    const [its, whole] = [here.getBoundingClientRect(), strip.getBoundingClientRect()];
    strip.scrollLeft += its.left - whole.left - (whole.width - its.width) / 2;
  });

  // A select or checkbox marked data-submit sends its form when it changes; without the script there is a button.
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-submit]")) event.target.form.requestSubmit();
  });
})();
