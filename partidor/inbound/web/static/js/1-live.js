/* What moves by itself: relative times, countdown rings, toasts. The server has drawn all of it already; without this
   script pages say the same, as of when they were loaded. */
(() => {
  "use strict";
  const language = document.documentElement.lang || "en";
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];

  function ago(seconds) {
    for (const [unit, size] of UNITS) {
      if (Math.abs(seconds) >= size * (unit === "minute" ? 0.75 : 1.5)) return relative.format(Math.round(seconds / size), unit);
    }
    return null;
  }

  function redraw() {
    const now = Date.now() / 1000;
    for (const time of document.querySelectorAll("time.p-ago")) {
      const words = ago(Date.parse(time.dateTime) / 1000 - now);
      if (words) time.textContent = words;
    }
    for (const ring of document.querySelectorAll(".p-ring[data-spans]")) drawRing(ring, now);
  }

  function drawRing(ring, now) {
    // Of the spans of time that count: one by the wall clock, several by working hours.
    let left = 0, whole = 0;
    for (const span of ring.dataset.spans.split(" ")) {
      const [from, to] = span.split("-").map(Number);
      left += Math.max(0, to - Math.max(from, now));
      whole += to - from;
    }
    const share = Math.min(100, Math.round(100 * left / Math.max(1, whole)));
    ring.querySelector(".left").setAttribute("stroke-dasharray", `${share} 100`);
    if (left < 3600) {
      const figure = `${Math.floor(left / 60)}:${String(Math.floor(left % 60)).padStart(2, "0")}`;
      ring.querySelector("text").textContent = figure;
    } else if (left < 36000) {
      ring.querySelector("text").textContent = `${Math.floor(left / 3600)}:${String(Math.floor(left % 3600 / 60)).padStart(2, "0")}`;
    }
  }

  setInterval(redraw, 1000);
  document.addEventListener("htmx:afterSwap", redraw);

  // A page that nobody looks at asks nothing; it catches up as soon as it is seen again.
  const polls = new Set();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.detail.elt;
    if (document.hidden && /every /.test(part.getAttribute("hx-trigger") || "")) {
      event.preventDefault();
      polls.add(part.id);
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const id of polls) {
      const part = document.getElementById(id);
      if (part) htmx.trigger(part, "seen");
    }
    polls.clear();
  });

  const toasts = () => document.getElementById("toasts");
  function fade() {
    for (const toast of toasts()?.children ?? []) {
      if (!toast.dataset.shown) {
        toast.dataset.shown = "1";
        setTimeout(() => toast.remove(), 7000);
      }
    }
  }
  document.addEventListener("DOMContentLoaded", () => { redraw(); fade(); });
  document.addEventListener("htmx:afterSwap", fade);
})();
