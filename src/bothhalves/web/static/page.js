// The drawer, the keyboard, find, theme and the window selector. The page works without any of it.
(() => {
  "use strict";
  const root = document.documentElement;
  const drawer = document.getElementById("drawer");
  const help = document.getElementById("help");
  const find = document.getElementById("find");
  const keysOn = document.getElementById("keys");
  let opener = null; // what opened the drawer
  let asked = 0; // how many drawers and pages were asked for
  root.classList.add("script");

  const stored = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } },
  };

  // -- the drawer ------------------------------------------------------------------------------------
  function address(change) {
    const url = new URL(location.href);
    change(url.searchParams);
    history.replaceState(null, "", url);
  }

  function focusDrawer() {
    const heading = drawer.querySelector("h2");
    (heading || drawer).focus();
    drawer.scrollTop = 0;
  }

  async function open(link) {
    const href = link.getAttribute("href");
    const turn = ++asked;
    if (!drawer.contains(link)) opener = link;
    try {
      await htmx.ajax("GET", href, { target: "#drawer", swap: "innerHTML" });
    } catch {
      location.assign(href);
      return;
    }
    if (turn !== asked) return; // a later click has been answered or is about to be
    drawer.hidden = false;
    const wanted = new URL(href, location.href).searchParams;
    if (location.pathname === "/") {
      address((query) => {
        query.set("why", wanted.get("key"));
        if (wanted.get("line")) query.set("line", wanted.get("line")); else query.delete("line");
      });
    }
    focusDrawer();
  }

  function close() {
    if (drawer.hidden) return;
    const key = new URL(location.href).searchParams.get("why");
    drawer.hidden = true;
    drawer.replaceChildren();
    address((query) => { query.delete("why"); query.delete("line"); });
    const links = [...document.querySelectorAll("main a[data-why]")];
    const back = opener || links.find((a) => new URLSearchParams(a.getAttribute("href").split("?")[1]).get("key") === key);
    if (back) back.focus();
    opener = null;
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target.closest("a[data-why]");
    if (link && location.pathname !== "/why" && window.htmx) {
      event.preventDefault();
      open(link);
      return;
    }
    const turning = event.target.closest("a[data-turn]");
    if (turning) {
      event.preventDefault();
      turnTo(turning.getAttribute("href"), turning.id);
      return;
    }
    if (event.target.closest("#open-help")) {
      showHelp();
      return;
    }
    if (event.target.closest("a[data-close]") && !drawer.hidden) {
      event.preventDefault();
      close();
      return;
    }
    const copy = event.target.closest("button[data-copy]");
    if (copy) {
      const text = new URL(copy.dataset.copy, location.href).href;
      navigator.clipboard.writeText(text).then(
        () => { copy.textContent = "Copied"; },
        () => { copy.textContent = text; },
      );
    }
  });
  if (!drawer.hidden) focusDrawer();

  // -- theme -----------------------------------------------------------------------------------------
  const theme = document.getElementById("theme");
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches);
  const nameTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  theme.addEventListener("click", (event) => {
    event.preventDefault();
    root.dataset.theme = isDark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    nameTheme();
  });
  systemDark.addEventListener("change", nameTheme);
  nameTheme();

  // -- another window, or a table unfolded: the page turns in place --------------------------------------
  const TURNED = [".rail", ".whose", "main"];
  const withoutDrawer = () => {
    const url = new URL(location.href);
    for (const name of ["why", "line"]) url.searchParams.delete(name);
    return url.pathname + url.search;
  };
  let shown = withoutDrawer();
  async function turn(href, focus) {
    const here = ++asked;
    const main = document.querySelector("main");
    const dimming = setTimeout(() => main.classList.add("waiting"), 200);
    try {
      const answer = await fetch(href);
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (here !== asked) return; // a later request has been answered or is about to be
      if (answer.headers.has("refresh") || !answer.ok || TURNED.some((part) => !next.querySelector(part))) throw new Error(answer.status);
      for (const part of TURNED) document.querySelector(part).replaceWith(next.querySelector(part));
      document.title = next.title;
      shown = withoutDrawer();
      document.getElementById("said").textContent = document.querySelector("h1")?.textContent ?? "";
      if (find.value) filter();
      document.getElementById(focus)?.focus({ preventScroll: true });
    } catch {
      location.assign(href);
    } finally {
      clearTimeout(dimming);
      main.classList.remove("waiting");
    }
  }
  function turnTo(href, focus) {
    close();
    opener = null;
    history.pushState(null, "", href);
    turn(href, focus);
  }
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-turn]");
    if (!form) return;
    const query = new URLSearchParams(new FormData(form));
    carry(query);
    turnTo(`${form.getAttribute("action")}?${query}`, event.target.id);
  });
  addEventListener("popstate", () => { if (withoutDrawer() !== shown) turn(location.href); });

  // -- what if: the line is drawn again while a slider moves; answers never overtake each other -----------
  const inputs = () => [...document.querySelectorAll("#what-if input[type=range]")];
  let soon = 0;
  let isTrying = false;
  let isFresh = true; // the next state is one of its own in the history
  /* Inputs that are not as planned into a query, and only those. */
  function carry(query) {
    for (const input of inputs()) {
      if (input.value === input.dataset.planned) query.delete(input.name);
      else query.set(input.name, input.value);
    }
  }
  function carryOn() {
    for (const link of document.querySelectorAll(".rail a[href^='/'], .whose a[href^='/'], main a[href^='/']")) {
      if (link.closest("#line, #finding, #horizon")) continue;
      const to = new URL(link.getAttribute("href"), location.href);
      carry(to.searchParams);
      link.setAttribute("href", to.pathname + to.search + to.hash);
    }
  }
  async function tryIt() {
    if (isTrying) return;
    isTrying = true;
    drawer.hidden = true;
    drawer.replaceChildren();
    opener = null;
    try {
      let done = "";
      for (let href = tried(); href !== done; href = tried()) {
        await htmx.ajax("GET", href, { target: "#line", swap: "outerMorph" });
        if (!document.getElementById("line")) throw new Error(href);
        done = href;
      }
      if (isFresh) history.pushState(null, "", done); else history.replaceState(null, "", done);
      isFresh = false;
      shown = withoutDrawer();
      carryOn();
      document.getElementById("said").textContent = document.getElementById("finding")?.textContent ?? "";
    } catch {
      location.assign(tried());
    } finally {
      isTrying = false;
    }
  }
  function tried() {
    const url = new URL(withoutDrawer(), location.href);
    carry(url.searchParams);
    return url.pathname + url.search;
  }
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#what-if") || !window.htmx) return;
    clearTimeout(soon);
    soon = setTimeout(tryIt, 40);
  });
  document.addEventListener("change", (event) => { if (event.target.closest("#what-if")) isFresh = true; });

  // -- find ------------------------------------------------------------------------------------------
  const rows = () => [...document.querySelectorAll("main [data-row]")];
  const visible = () => rows().filter((row) => !row.hidden);
  function filter() {
    const wanted = find.value.trim().toLowerCase();
    for (const row of rows()) row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
    document.getElementById("found").textContent = wanted ? `${visible().length} of ${rows().length} rows` : "";
  }
  find.addEventListener("input", filter);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); step(1, true); }
    if (event.key === "Escape") { event.stopPropagation(); find.value = ""; filter(); find.blur(); }
  });

  // -- keys ------------------------------------------------------------------------------------------
  function step(by, first = false) {
    const all = visible().filter((row) => row.tabIndex === -1 || row.hasAttribute("tabindex"));
    if (!all.length) return;
    const here = first ? -1 : all.indexOf(document.activeElement.closest?.("[data-row]"));
    const next = all[Math.min(Math.max(here + by, 0), all.length - 1)];
    next.setAttribute("tabindex", "-1");
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function follow(rel) {
    const link = document.querySelector(`a[rel=${rel}]`);
    if (link) link.click();
  }
  function tables() {
    const all = [...document.querySelectorAll("details.as-table")];
    const show = all.some((one) => !one.open);
    for (const one of all) one.open = show;
  }
  const showHelp = () => { if (!help.open) help.showModal(); };
  const keys = {
    "?": showHelp,
    "/": () => find.focus(),
    j: () => step(1),
    k: () => step(-1),
    "[": () => follow("prev"),
    "]": () => follow("next"),
    t: tables,
  };
  keysOn.checked = stored.get("keys") !== "off";
  keysOn.addEventListener("change", () => stored.set("keys", keysOn.checked ? "on" : "off"));

  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || help.open) return;
    if (event.key === "Escape") { close(); return; }
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === "Enter" && event.target.matches("[data-row]")) {
      const link = event.target.querySelector("a[data-why]");
      if (link) { event.preventDefault(); open(link); opener = event.target; }
      return;
    }
    const act = keysOn.checked && keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
