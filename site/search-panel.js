// What search.js loads on first use: the results of what stands in the box.
plumblineSearch("panel", (box) => {
  "use strict";
  const { form, field, root, loaded, load } = box;

  // MARK: What is shown

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const pieces = (texts) => texts.map((text, at) => (at % 2 ? element("mark", {}, text) : text));

  // In a panel below the box; on search.html, in the page.
  const page = document.getElementById("search-results");
  const panel = page ?? element("div", { className: "search-panel", hidden: true });
  const status = element("p", { className: "search-count" });
  const list = element("ol", { className: "search-hits" });
  const more = element("button", { type: "button", className: "search-more", hidden: true }, "More results");
  status.setAttribute("role", "status");
  if (!page) {
    panel.setAttribute("role", "region");
    panel.setAttribute("aria-label", "Search results");
    form.append(panel);
  }
  panel.append(status, list, more);

  const links = () => [...list.querySelectorAll("a")];
  const close = () => { if (!page) panel.hidden = true; };

  function say(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  function show({ results, hits, visited }) {
    const focused = links().indexOf(document.activeElement);
    list.replaceChildren(...results.map(({ url, title, kind, context }) => element("li", {},
      element("a", { href: root + url },
        element("span", { className: "search-title" }, ...pieces(title)), " ",
        element("span", { className: "search-kind" }, kind), " ",
        element("span", { className: "search-context" }, ...pieces(context))))));
    links()[focused]?.focus();
    more.hidden = hits <= results.length;
    panel.dataset.visited = visited;
    say(hits === 0 ? "Nothing found" : hits === 1 ? "1 result" : `${hits} results`);
  }

  const STEP = 10;
  let query = "", most = STEP, engine = null;

  // Answers what stands in the box now. What is missing is loaded, and then it is tried again.
  function answer() {
    if (field.value !== query) most = STEP;
    query = field.value;
    panel.hidden = query.trim().length < 2;
    if (panel.hidden) {
      list.replaceChildren();
      say("");
      return;
    }
    const need = new Set();
    engine ??= loaded.get("engine")?.(loaded);
    if (!engine) need.add("engine");
    const answered = engine?.(query, most, need);
    if (answered) show(answered);
    if (!need.size) return;
    if (!answered && !links().length) say("Loading …");
    const asked = query;
    Promise.all([...need].map(load)).then(
      () => { if (query === asked && !panel.hidden) answer(); },
      () => { if (!answered) say("The search index could not be loaded."); });
  }

  // MARK: Keys

  field.addEventListener("input", answer);
  more.addEventListener("click", () => {
    const next = links().length;
    most += STEP;
    answer();
    links()[next]?.focus();
  });

  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || event.isComposing) return;
    if (key === "Escape" && !page && !panel.hidden) {
      event.preventDefault();
      close();
      field.focus();
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      if (target === field && panel.hidden) answer();
      const stops = [field, ...links()];
      const at = stops.indexOf(target), next = at + (key === "ArrowDown" ? 1 : -1);
      if (at < 0 || next < 0 || panel.hidden) return;
      event.preventDefault();
      stops[next]?.focus();
    }
  });
  document.addEventListener("pointerdown", ({ target }) => { if (!form.contains(target)) close(); });
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !form.contains(relatedTarget)) close();
  });

  if (page) field.value = new URLSearchParams(location.search).get("q") ?? field.value;
  if (page ? field.value : document.activeElement === field && field.value) answer();
});
