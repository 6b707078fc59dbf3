// The search box. What is shown (search-panel.js), the ranking (search-engine.js) and the index (search/*.js) are classic
// scripts that call plumblineSearch; they are loaded when somebody begins to search, and of the index only what the words
// typed need.
(() => {
  "use strict";
  const form = document.querySelector("form.search");
  if (!form) return;
  const field = form.elements.q;
  const root = form.getAttribute("action").replace(/search\.html$/, "");

  const loaded = new Map(), loading = new Map();
  window.plumblineSearch = (name, data) => loaded.set(name, data);

  function load(name) {
    if (!loading.has(name)) {
      loading.set(name, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = `${root}assets/search${name === "panel" || name === "engine" ? "-" : "/"}${name}.js`;
        script.onload = done;
        script.onerror = () => { loading.delete(name); failed(new Error(name)); };
        document.head.append(script);
      }));
    }
    return loading.get(name);
  }

  let begun = false;
  function begin() {
    if (!loading.has("panel")) {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = `${root}assets/search-panel.css`;
      document.head.append(style);
    }
    ["engine", "index"].forEach((name) => load(name).catch(() => {}));
    load("panel").then(() => {
      if (!begun) loaded.get("panel")({ form, field, root, loaded, load });
      begun = true;
    }, () => {});
  }

  field.setAttribute("aria-keyshortcuts", "Control+K Meta+K");
  field.title = "Ctrl K or ⌘ K";
  ["focus", "input"].forEach((name) => field.addEventListener(name, begin));
  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (!(ctrlKey || metaKey) || altKey || shiftKey || key.toLowerCase() !== "k") return;
    if (target !== field && target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
  if (document.getElementById("search-results") || document.activeElement === field) begin();
})();
