// The console works without this file. With it: a theme of one's own, one tier brought into focus,
// a question before what cannot be undone, a menu that closes.
"use strict";

(function () {
  const root = document.documentElement;
  const KEY = "bellwether-theme";

  // Storage can be forbidden; then the theme lasts as long as the page.
  function stored() {
    try { return localStorage.getItem(KEY); } catch { return null; }
  }
  function store(theme) {
    try { theme ? localStorage.setItem(KEY, theme) : localStorage.removeItem(KEY); } catch { /* not kept */ }
  }
  function wear(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  }

  // At once, before anything is painted.
  root.dataset.script = "";
  wear(stored());

  // <button data-theme-toggle>: to the other of the two.
  function toggleTheme() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = dark ? "light" : "dark";
    store(theme);
    wear(theme);
  }

  // <button data-focus-on="2"> in the same card as <figure class="trend" data-focus="1">.
  function focusTier(trend, number) {
    trend.dataset.focus = number;
    (trend.closest(".card") || document).querySelectorAll("[data-focus-on]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.focusOn === number));
    });
  }

  document.addEventListener("click", function (event) {
    const at = event.target;
    if (!(at instanceof Element)) return;

    if (at.closest("[data-theme-toggle]")) toggleTheme();

    const button = at.closest("[data-focus-on]");
    const trend = button ? (button.closest(".card") || document).querySelector(".trend") : at.closest(".trend");
    const number = button ? button.dataset.focusOn : (/(?:^| )t(\d+)(?: |$)/.exec(at.getAttribute("class") || "") || [])[1];
    if (trend && number) focusTier(trend, number);

    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(at)) menu.open = false;
    });
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // <form data-confirm="…">, or a button of its own: asked before it is sent.
  document.addEventListener("submit", function (event) {
    const asker = event.submitter && event.submitter.dataset.confirm ? event.submitter : event.target;
    if (asker.dataset.confirm && !confirm(asker.dataset.confirm)) event.preventDefault();
  });

  // <select data-submits>: a filter that takes effect when it is chosen.
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();

    // <input type="file" data-reads-into="csv">: the text of the file into that field.
    const into = event.target.dataset.readsInto;
    if (into && event.target.files && event.target.files[0]) {
      event.target.files[0].text().then(function (text) { document.getElementById(into).value = text; });
    }
  });
})();
