/* The chart of a partner's weeks, drawn from the table behind it, which folds up once the chart is there. */
(() => {
  "use strict";
  const canvas = document.getElementById("weeks-chart"), table = document.getElementById("weeks");
  if (!canvas || !table || !window.Chart) return;
  const rows = [...table.tBodies[0].rows], heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
  const column = (place) => rows.map((row) => Number(row.cells[place].textContent));
  let chart;

  // Tokens are light-dark() values, which a canvas cannot read: the browser resolves them on an element.
  function colour(token) {
    const probe = document.createElement("span");
    probe.style.color = `var(${token})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  function draw() {
    chart?.destroy();
    const bar = { grouped: false, borderRadius: 2, maxBarThickness: 18 };  // what was accepted stands within what came
    const text = colour("--tblr-secondary"), line = colour("--p-hairline");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    chart = new Chart(canvas, {
      type: "bar",
      data: {
        labels: rows.map((row) => row.cells[0].textContent),
        datasets: [
          { label: heads[2], data: column(2), backgroundColor: colour("--p-series-1"), ...bar },
          { label: heads[1], data: column(1), backgroundColor: colour("--p-series-5"), ...bar },
        ],
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        scales: {
          x: { grid: { display: false }, border: { color: line }, ticks: { color: text, maxRotation: 0, autoSkipPadding: 12 } },
          y: { beginAtZero: true, grid: { color: line }, border: { display: false }, ticks: { color: text, precision: 0 } },
        },
        plugins: { legend: { position: "bottom", labels: { color: text, boxWidth: 10, boxHeight: 10 } } },
      },
    });
  }

  canvas.hidden = false;
  document.getElementById("weeks-table").open = false;
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
