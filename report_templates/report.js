// The page is complete without this script. It adds theme, print, sorting, what-if, and search and pages of the findings.
// All is built with createElement and textContent; nothing is parsed as markup, loaded or sent.
(function () {
  const byId = (id) => document.getElementById(id);
  const number = (value) => value.toLocaleString("en");

  function make(name, className, text) {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  // Theme: System, Light or Dark. Storage may be refused (sandboxed frames); the choice then lasts as long as the page.
  function startTheme() {
    const select = byId("theme");
    const key = "rustplan-theme";
    const apply = (theme) => {
      if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
      else delete document.documentElement.dataset.theme;
    };
    let stored = null;
    try { stored = localStorage.getItem(key); } catch { /* refused */ }
    if (stored === "light" || stored === "dark") {
      select.value = stored;
      apply(stored);
    }
    select.addEventListener("change", () => {
      apply(select.value);
      try { localStorage.setItem(key, select.value); } catch { /* refused */ }
    });
  }

  // Printing opens the closed blocks that belong on paper and closes them again afterwards; the others print as they stand.
  function startPrint() {
    let opened = [];
    byId("print").addEventListener("click", () => window.print());
    window.addEventListener("beforeprint", () => {
      opened = Array.from(document.querySelectorAll("details.on-paper:not([open])"));
      for (const block of opened) block.open = true;
    });
    window.addEventListener("afterprint", () => {
      for (const block of opened) block.open = false;
      opened = [];
    });
  }

  // The section in view is marked in the list of sections.
  function startSections() {
    const links = new Map();
    for (const link of document.querySelectorAll(".sections a")) links.set(link.hash.slice(1), link);
    const inView = new Set();
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries) inView[entry.isIntersecting ? "add" : "delete"](entry.target.id);
      const first = [...links.keys()].find((id) => inView.has(id));
      links.forEach((link, id) => {
        if (id === first) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
    }, { rootMargin: "-20% 0px -60% 0px" });
    for (const section of document.querySelectorAll("main > section")) watch.observe(section);
  }

  // A header becomes a button; the table tells the current order by aria-sort.
  function addSortButtons(table, onSort) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      const button = make("button", "", head.textContent);
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", direction);
        onSort(column, direction === "ascending" ? 1 : -1, head);
      });
    });
    return heads;
  }

  function cellValue(row, column) {
    const cell = row.cells[column];
    const text = cell.dataset.sort !== undefined ? cell.dataset.sort : cell.textContent.trim();
    const plain = text.replace(/,/g, "");
    const value = plain === "" ? NaN : Number.parseFloat(plain);
    return { text, value };
  }

  // Numbers sort as numbers, words as words; what has no number comes last.
  function compareCells(one, other, sign) {
    return Number.isNaN(one.value) - Number.isNaN(other.value) ||
      sign * (one.value - other.value || (one.text < other.text ? -1 : one.text > other.text ? 1 : 0));
  }

  function startSorting() {
    for (const table of document.querySelectorAll("table.sortable")) {
      const body = table.tBodies[0];
      if (body.rows.length < 2) continue;
      addSortButtons(table, (column, sign) => {
        const rows = Array.from(body.rows).map((row, place) => ({ row, place, cell: cellValue(row, column) }));
        rows.sort((one, other) => compareCells(one.cell, other.cell, sign) || one.place - other.place);
        body.append(...rows.map((entry) => entry.row));
      });
    }
  }

  // Findings: the data block holds columns of numbers; rows are built when they are shown.
  function startFindings() {
    const table = byId("findings");
    if (!table) return;
    const data = JSON.parse(byId("data").textContent);
    const rows = data.rows;
    const total = rows.s.length;
    const fields = {
      text: byId("find-text"),
      severity: byId("find-severity"),
      kind: byId("find-kind"),
      component: byId("find-component"),
      rule: byId("find-rule"),
      code: byId("find-code"),
    };
    const places = data.files.map(([folder, name]) => (data.folders[folder] ? data.folders[folder] + "/" : "") + name);
    const isSource = (row) => data.files[rows.f[row]][2] === 0;
    const inSource = rows.f.filter((file) => data.files[file][2] === 0).length;
    const usualCode = inSource ? "source" : "";
    fields.code.value = usualCode;
    let order = null;
    let page = 0;

    const fill = (select, values, present) => {
      values.forEach((words, value) => {
        if (!present.has(value)) return;
        const option = make("option", "", words);
        option.value = String(value);
        select.append(option);
      });
    };
    const byWords = (select) => {
      const options = Array.from(select.options).slice(1);
      options.sort((one, other) => (one.textContent < other.textContent ? -1 : 1));
      select.append(...options);
    };
    fill(fields.severity, data.severities.map((entry) => entry[1]), new Set(rows.s));
    fill(fields.kind, data.kinds, new Set(rows.k));
    fill(fields.component, data.components.map((entry) => entry[0]), new Set(rows.c));
    fill(fields.rule, data.rules, new Set(rows.r));
    byWords(fields.component);
    byWords(fields.rule);

    // Words are searched once in each dictionary, not in every row.
    function matcher() {
      const words = fields.text.value.trim().toLowerCase();
      const chosen = (select) => (select.value === "" ? -2 : Number(select.value));
      const severity = chosen(fields.severity);
      const kind = chosen(fields.kind);
      const component = chosen(fields.component);
      const rule = chosen(fields.rule);
      const hits = (values) => values.map((value) => value.toLowerCase().includes(words));
      const inMessage = words ? hits(data.messages) : null;
      const inRule = words ? hits(data.rules) : null;
      const inPlace = words ? hits(places) : null;
      const inComponent = words ? hits(data.components.map((entry) => entry[0])) : null;
      const isAll = fields.code.value === "";
      return (row) =>
        (isAll || isSource(row)) &&
        (severity === -2 || rows.s[row] === severity) &&
        (kind === -2 || rows.k[row] === kind) &&
        (component === -2 || rows.c[row] === component) &&
        (rule === -2 || rows.r[row] === rule) &&
        (!words || inMessage[rows.m[row]] || inRule[rows.r[row]] || inPlace[rows.f[row]] ||
          (rows.c[row] >= 0 && inComponent[rows.c[row]]) || "cwe-" + rows.w[row] === words);
    }

    const rankOf = (values) => {
      const ranks = new Array(values.length);
      const sorted = [...ranks.keys()].sort((one, other) => (values[one] < values[other] ? -1 : values[one] > values[other] ? 1 : one - other));
      sorted.forEach((value, rank) => { ranks[value] = rank; });
      return ranks;
    };
    const by = (values, column) => () => {
      const ranks = rankOf(values);
      return column.map((value) => (value < 0 ? Infinity : ranks[value]));
    };
    const keys = {
      severity: () => rows.s.map((value, row) => value - rows.x[row] / 1e9),
      kind: () => rows.k,
      rule: by(data.rules, rows.r),
      message: by(data.messages, rows.m),
      component: by(data.components.map((entry) => entry[0]), rows.c),
      place: () => { const ranks = rankOf(places); return rows.f.map((value, row) => ranks[value] * 1e7 + rows.l[row]); },
      confidence: () => rows.q,
    };

    let shown = [];
    function select() {
      const matches = matcher();
      shown = [];
      for (let place = 0; place < total; place += 1) {
        const row = order ? order[place] : place;
        if (matches(row)) shown.push(row);
      }
      page = 0;
      draw();
    }

    // A pair of backticks is code; a backtick without a partner stays one.
    function withCode(text) {
      const pieces = text.split("`");
      if (pieces.length % 2 === 0) pieces.push(pieces.splice(-2).join("`"));
      const node = make("span");
      pieces.forEach((piece, place) => {
        if (place % 2 === 0) node.append(piece);
        else node.append(piece ? make("code", "", piece) : "``");
      });
      return node;
    }

    function mark(row) {
      const [glyph, words] = data.severities[rows.s[row]];
      const node = make("span", "mark sev-" + words);
      const sign = make("span", "glyph", glyph);
      sign.setAttribute("aria-hidden", "true");
      node.append(sign, " " + words + (rows.x[row] ? " " + number(rows.x[row]) : ""));
      return node;
    }

    function linked(words, href) {
      const link = make(href ? "a" : "span", "", words);
      if (href) link.href = href;
      return link;
    }

    function placeOf(row) {
      const file = rows.f[row];
      const words = places[file] + (rows.l[row] ? ":" + rows.l[row] : "");
      const isPlain = data.source && rows.l[row] && !/[\\\u27e8\u2026]/.test(places[file]);
      const href = isPlain
        ? data.source.replace("{path}", () => places[file].split("/").map(encodeURIComponent).join("/")).replace("{line}", String(rows.l[row]))
        : "";
      const node = linked("", href.startsWith("https://") ? href : "");
      node.className = "code";
      words.split("/").forEach((part, index) => {
        if (index) node.append("/", make("wbr"));
        node.append(part);
      });
      if (node.href) node.rel = "noreferrer noopener";
      return node;
    }

    function build(row) {
      const line = make("tr");
      const cell = (content, className) => {
        const node = make("td", className);
        node.append(content);
        line.append(node);
        return node;
      };
      const component = rows.c[row] >= 0 ? data.components[rows.c[row]] : ["–", ""];
      cell(mark(row));
      cell(data.kinds[rows.k[row]]);
      const rule = cell(make("span", "code", data.rules[rows.r[row]]), "rule");
      if (rows.w[row]) rule.append(" ", make("span", "dim", "CWE-" + rows.w[row]));
      cell(withCode(data.messages[rows.m[row]]), "message");
      cell(linked(component[0], component[1]));
      const place = cell(placeOf(row), "where");
      const role = data.files[rows.f[row]][2];
      if (role !== 0) place.append(" ", make("span", "dim", "(" + data.roles[role] + ")"));
      cell(data.confidences[rows.q[row]]);
      return line;
    }

    function draw() {
      const pages = Math.max(1, Math.ceil(shown.length / data.pageRows));
      page = Math.min(Math.max(page, 0), pages - 1);
      const first = page * data.pageRows;
      table.tBodies[0].replaceChildren(...shown.slice(first, first + data.pageRows).map(build));
      const isAll = fields.code.value === "";
      const pool = isAll ? total : inSource;
      const apart = data.elsewhere ? (isAll ? " in all code that was read" : " in source; " + data.elsewhere) : "";
      byId("find-count").textContent = number(shown.length) + " of " + number(pool) + (pool === 1 ? " finding" : " findings") + apart;
      byId("page-words").textContent = "Page " + number(page + 1) + " of " + number(pages);
      byId("page-previous").disabled = page === 0;
      byId("page-next").disabled = page >= pages - 1;
    }

    addSortButtons(table, (column, sign, head) => {
      const key = keys[head.dataset.key]();
      order = [...rows.s.keys()];
      order.sort((one, other) => (key[one] === key[other] ? one - other : key[one] < key[other] ? -sign : sign));
      select();
    });

    let waiting = 0;
    fields.text.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(select, 120);
    });
    for (const name of ["severity", "kind", "component", "rule", "code"]) fields[name].addEventListener("change", select);
    byId("find-clear").addEventListener("click", () => {
      for (const field of Object.values(fields)) field.value = "";
      fields.code.value = usualCode;
      select();
      fields.text.focus();
    });
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    const turn = (by) => { page += by; draw(); };
    byId("page-previous").addEventListener("click", () => turn(-1));
    byId("page-next").addEventListener("click", () => turn(1));
    byId("filters").hidden = false;
    byId("pager").hidden = false;
    select();
  }

  // What-if: reads the form, asks whatif.js, writes two tables and the settings to keep.
  function startWhatIf() {
    const panel = byId("what-if");
    if (!panel) return;
    const form = byId("what-form");
    let facts = null;
    let compute = null;
    const field = (name) => form.elements[name];
    const given = (name, otherwise) => {
      const input = field(name);
      return input && input.value !== "" && input.checkValidity() ? Number(input.value) : otherwise;
    };

    function read() {
      const start = field("start");
      const criticality = {};
      for (const row of facts.rows) criticality[row.place] = given("v" + row.place, row.value);
      return {
        exponents: ["a", "b", "c"].map((name, at) => given(name, facts.exponents[at])),
        weights: facts.parts.map((names, track) => names.map((name, part) => given("w" + track + "-" + part, 1))),
        criticality,
        engineers: given("engineers", null),
        availability: given("availability", null),
        start: start.value && start.checkValidity() ? start.value : null,
        experience: field("experience").checked,
        budget: given("budget", null),
      };
    }

    function yaml(settings) {
      const lines = ["version: 1", "plan:"];
      const add = (key, value) => { if (value !== null) lines.push("  " + key + ": " + value); };
      add("engineers", settings.engineers);
      add("start", settings.start && JSON.stringify(settings.start));
      add("availability", settings.availability);
      add("rust-experience", settings.experience);
      const named = facts.rows.filter((row) => row.key !== null && settings.criticality[row.place] !== 1);
      const matters = Object.fromEntries(named.map((row) => [row.key, settings.criticality[row.place]]));
      if (named.length) add("criticality", JSON.stringify(matters));
      lines.push("score:");
      add("exponents", JSON.stringify(settings.exponents));
      const weights = {};
      settings.weights.flat().forEach((factor, at) => {
        const part = facts.parts.flat()[at];
        if (factor !== 1) weights[part] = Number((factor * facts.weights[part]).toFixed(3));
      });
      if (Object.keys(weights).length) add("weights", JSON.stringify(weights));
      return lines.join("\n") + "\n";
    }

    const line = (...cells) => {
      const row = make("tr");
      row.append(...cells.map((words) => make("td", /^[\d–.() %]*$/.test(words) ? "n" : "", String(words || "–"))));
      return row;
    };
    const months = (value) => value.toFixed(1);

    function draw() {
      facts = facts || JSON.parse(byId("data").textContent).whatIf;
      compute = compute || rustplanWhatIf(facts);
      const settings = read();
      const told = compute(settings);
      const name = (at) => facts.rows[at].name;
      byId("what-waves").replaceChildren(...told.waves.map((wave) => line(wave.number, wave.members.map(name).join(", "),
        wave.p50 === null ? "not estimated" : months(wave.p10) + "–" + months(wave.p90) + " (" + months(wave.p50) + ")",
        Math.round(wave.share * 100) + " %", wave.projected || "set engineers, start and availability")));
      byId("what-ranking").replaceChildren(...told.ranking.flatMap((order, track) => order.slice(0, 24).map((at, rank) =>
        line(rank + 1, facts.rows[at].was[0], name(at), facts.tracks[track], months(told.scores[at]), told.wave[at], facts.rows[at].was[1]))));
      const moved = facts.rows.filter((row, at) => told.ranking[row.track].indexOf(at) + 1 !== row.was[0]).length;
      byId("what-said").textContent = number(moved) + " of " + number(facts.rows.length) + " ranks differ from the report. " +
        "The steps add up to " + months(told.spent) + " person-months at their medians" +
        (told.next === null ? "." : "; " + name(told.next) + ", next in the ranking, no longer fits the budget.");
      byId("what-yaml").value = yaml(settings);
    }

    panel.hidden = false;
    panel.addEventListener("toggle", draw);
    form.addEventListener("input", draw);
    form.addEventListener("reset", () => setTimeout(draw));
    form.addEventListener("submit", (event) => event.preventDefault());
    byId("what-copy").addEventListener("click", () => {
      byId("what-yaml").select();
      document.execCommand("copy");
    });
  }

  // A link into a closed block opens it.
  function openTarget() {
    const target = location.hash.length > 1 ? byId(location.hash.slice(1)) : null;
    for (let block = target && target.closest("details"); block; block = block.parentElement.closest("details")) block.open = true;
  }

  startTheme();
  startPrint();
  startSorting();
  startFindings();
  startWhatIf();
  startSections();
  window.addEventListener("hashchange", openTarget);
  openTarget();
  byId("controls").hidden = false;
})();
