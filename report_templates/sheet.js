"use strict";
// The page is complete without this script. It adds: theme, print button and sorting. Nothing is parsed as markup, loaded or sent.
(function () {
  const byId = (id) => document.getElementById(id);

  // Theme: System, Light or Dark. Storage may be refused (sandboxed frames); the choice then lasts as long as the page.
  function startTheme() {
    const select = byId("theme");
    const key = "rustplan-theme";
    const apply = (theme) => {
      if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
      else delete document.documentElement.dataset.theme;
    };
    let stored = null;
    try { stored = localStorage.getItem(key); } catch (refused) { stored = null; }
    if (stored === "light" || stored === "dark") {
      select.value = stored;
      apply(stored);
    }
    select.addEventListener("change", () => {
      apply(select.value);
      try { localStorage.setItem(key, select.value); } catch (refused) { stored = null; }
    });
  }

  // Numbers sort as numbers, words as words; what has no number comes last in both directions.
  function compare(one, other, sign) {
    const numbers = [one, other].map((row) => Number.parseFloat(row.text.replace(/,/g, "").replace(/^\u2212/, "-")));
    if (numbers.every(Number.isNaN)) return sign * (one.text < other.text ? -1 : one.text > other.text ? 1 : 0);
    if (numbers.some(Number.isNaN)) return Number.isNaN(numbers[0]) ? 1 : -1;
    return sign * (numbers[0] - numbers[1]);
  }

  function sortRows(table, column, sign) {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row, place) => ({ row, place, text: row.cells[column].textContent.trim() }));
    rows.sort((one, other) => compare(one, other, sign) || one.place - other.place);
    body.append(...rows.map((entry) => entry.row));
  }

  // A header becomes a button; the table tells the current order by aria-sort.
  function startSorting(table) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", direction);
        sortRows(table, column, direction === "ascending" ? 1 : -1);
      });
    });
  }

  startTheme();
  byId("print").addEventListener("click", () => window.print());
  for (const table of document.querySelectorAll("table.sortable")) if (table.tBodies[0].rows.length > 1) startSorting(table);
  byId("controls").hidden = false;
})();
