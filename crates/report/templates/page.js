"use strict";
(function () {
  var doc = document;
  doc.documentElement.classList.add("js");

  function facts(body) { return body.getAttribute("data-f").split(","); }
  function value(row, n, fact) {
    if (fact !== null) { return facts(row)[fact]; }
    var cell = (row.rows ? row.rows[0] : row).cells[n];
    if (!cell) { return ""; }
    return cell.hasAttribute("data-v") ? cell.getAttribute("data-v") : cell.textContent.trim();
  }
  function compare(a, b) {
    var x = parseFloat(a), y = parseFloat(b);
    var plain = /^-?[\d.]+( %)?$/;
    if (plain.test(a) && plain.test(b)) { return x - y; }
    if (a === "" || b === "") { return a === b ? 0 : a === "" ? 1 : -1; }
    return a.localeCompare(b, undefined, { numeric: true });
  }
  // Sorting: a table whose items are whole bodies (a finding has two rows), or rows of one body.
  doc.querySelectorAll("table[data-sort]").forEach(function (table) {
    var bodies = table.getAttribute("data-sort") === "bodies";
    table.querySelectorAll("thead th").forEach(function (head, n) {
      var button = doc.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        table.querySelectorAll("thead th").forEach(function (h) { h.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        var parent = bodies ? table : table.tBodies[0];
        var items = Array.prototype.slice.call(bodies ? table.tBodies : parent.rows);
        var keyed = items.map(function (item, i) { return { item: item, key: value(item, n, head.getAttribute("data-f")), i: i }; });
        keyed.sort(function (a, b) {
          var c = compare(a.key, b.key);
          return c === 0 ? a.i - b.i : down ? -c : c;
        });
        var all = doc.createDocumentFragment();
        keyed.forEach(function (k) { all.appendChild(k.item); });
        parent.appendChild(all);
      });
    });
  });

  // Filtering of findings.
  var list = doc.getElementById("list");
  if (!list) { return; }
  var text = doc.getElementById("by-text"), count = doc.getElementById("shown");
  var selects = ["by-maker", "by-presence", "by-verdict", "by-outcome"].map(function (id) { return doc.getElementById(id); });
  var items = null;
  function load() {
    items = Array.prototype.map.call(list.tBodies, function (body) {
      return { body: body, text: body.textContent.toLowerCase(),
        facts: facts(body) };
    });
  }
  function filter() {
    if (!items) { load(); }
    var words = text.value.toLowerCase().split(/\s+/).filter(Boolean), n = 0;
    items.forEach(function (item) {
      var ok = words.every(function (w) { return item.text.indexOf(w) >= 0; }) &&
        selects.every(function (s, i) { return s.value === "" || s.value === item.facts[i]; });
      if (ok) { n += 1; }
      if (item.body.hidden === ok) { item.body.hidden = !ok; }
    });
    count.textContent = n === items.length ? "All " + n + " findings are shown." :
      n + " of " + items.length + " findings are shown.";
  }
  var wait;
  text.addEventListener("input", function () { clearTimeout(wait); wait = setTimeout(filter, 120); });
  selects.forEach(function (s) { s.addEventListener("change", filter); });
  doc.getElementById("open-all").addEventListener("click", function () {
    var closed = Array.prototype.filter.call(list.tBodies, function (b) { return !b.hidden; })
      .map(function (b) { return b.querySelector("details"); });
    var open = closed.some(function (d) { return d && !d.open; });
    closed.forEach(function (d) { if (d) { d.open = open; } });
  });
  // Risk that is written once for many findings is copied into a finding that is opened.
  list.addEventListener("toggle", function (event) {
    var body = event.target.open && event.target.closest("tbody");
    var link = body && body.querySelector('a[href^="#k"]');
    var from = link && doc.getElementById(link.getAttribute("href").slice(1));
    if (!from || body.querySelector(".risk")) { return; }
    var copy = doc.createElement("div");
    copy.className = "risk";
    copy.textContent = "Risk: ";
    Array.prototype.forEach.call(from.childNodes, function (n) { copy.appendChild(n.cloneNode(true)); });
    event.target.lastElementChild.appendChild(copy);
  }, true);
  // A link to a note or a finding opens what it stands in.
  function reveal() {
    var target = location.hash.length > 1 && doc.getElementById(location.hash.slice(1));
    while (target) {
      if (target.tagName === "DETAILS") { target.open = true; }
      target = target.parentElement;
    }
  }
  window.addEventListener("hashchange", reveal);
  reveal();
})();
