// The survey works without this file, as one long page. With it: one step at a time, a look at what is
// missing before the next step, and what was typed is still there when the language changes.
"use strict";

(function () {
  // At once, before anything is painted: the style sheet shows one step alone.
  document.documentElement.classList.add("paged");

  function icon() {
    const known = document.querySelector(".note.wrong svg");
    if (known) return known.cloneNode(true);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of [["viewBox", "0 0 20 20"], ["aria-hidden", "true"], ["fill", "none"],
      ["stroke", "currentColor"], ["stroke-width", "1.8"], ["stroke-linecap", "round"], ["stroke-linejoin", "round"]]) {
      svg.setAttribute(name, value);
    }
    path.setAttribute("d", "M10 2.5l8 14.5H2zM10 8v4.5M10 14.8v.1");
    svg.append(path);
    return svg;
  }

  function describe(question, id, on) {
    const target = question.matches("fieldset") ? question : question.querySelector("textarea, input");
    const ids = (target.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
    if (on) ids.unshift(id);
    if (ids.length) target.setAttribute("aria-describedby", ids.join(" "));
    else target.removeAttribute("aria-describedby");
  }

  function isAnswered(question) {
    return Array.from(question.querySelectorAll("input, textarea, select")).some((field) =>
      field.type === "radio" || field.type === "checkbox" ? field.checked : field.value.trim() !== "");
  }

  function complain(question) {
    const id = question.id.replace(/^q-/, "wrong-");
    if (document.getElementById(id)) return;
    const note = document.createElement("p");
    const text = document.createElement("span");
    note.className = "note wrong";
    note.id = id;
    text.textContent = question.dataset.missing;
    note.append(icon(), text);
    question.before(note);
    describe(question, id, true);
  }

  function settle(question) {
    const id = question.id.replace(/^q-/, "wrong-");
    const note = document.getElementById(id);
    if (!note || !isAnswered(question)) return;
    note.remove();
    describe(question, id, false);
  }

  // The first question of a step that needs an answer and has none; each of them is told.
  function firstMissing(step) {
    const missing = Array.from(step.querySelectorAll("[data-missing]"))
      .filter((question) => !question.closest("[hidden]") && !isAnswered(question));
    missing.forEach(complain);
    return missing[0];
  }

  function goTo(question) {
    const note = document.getElementById(question.id.replace(/^q-/, "wrong-"));
    (note || question).scrollIntoView({ block: "start" });
    question.querySelector("input, textarea, select").focus({ preventScroll: true });
  }

  // A choice that stands alone takes the others away, and each of the others takes it away.
  function leaveAlone(box) {
    box.closest(".choices").querySelectorAll("input[type=checkbox]").forEach(function (other) {
      if (other !== box && ("alone" in box.dataset || "alone" in other.dataset)) other.checked = false;
    });
  }

  // How much of a total is given out; nothing is said before anything is.
  function addUp(shares) {
    const line = shares.parentNode.querySelector(".sum");
    const given = Array.from(shares.querySelectorAll("input")).map((field) => field.value.trim());
    const sum = given.reduce((all, value) => all + (/^\d+$/.test(value) ? Number(value) : 0), 0);
    line.hidden = given.every((value) => value === "");
    const text = line.dataset.text.replace("#", sum.toLocaleString(document.documentElement.lang));
    if (!line.hidden && line.textContent !== text) line.textContent = text;
    line.classList.toggle("worse", sum > Number(line.dataset.total));
  }

  // A place that is given anew is taken from who had it. A tap on a choice gives it the next free place,
  // another tap takes its place away and lets those behind it move up.
  function rank(ranks) {
    const fields = Array.from(ranks.querySelectorAll("select"));
    const last = fields[0].options.length - 1;
    let held = fields.map((field) => field.value);
    function show() {
      held = fields.map((field) => field.value);
      fields.forEach((field) => field.parentNode.classList.toggle("ranked", field.value !== ""));
    }
    ranks.classList.add("taps");
    ranks.addEventListener("change", function (event) {
      const at = fields.indexOf(event.target);
      const other = fields.findIndex((field, n) => n !== at && field.value !== "" && field.value === event.target.value);
      if (other >= 0) fields[other].value = held[at];
      show();
    });
    ranks.addEventListener("click", function (event) {
      const label = event.target.closest("label");
      const field = label && label.control;
      if (!field) return;
      event.preventDefault();
      const had = Number(field.value);
      if (had) {
        field.value = "";
        fields.filter((one) => Number(one.value) > had).forEach((one) => { one.value = String(one.value - 1); });
      } else {
        const taken = fields.filter((one) => one.value !== "").length;
        if (taken < last) field.value = String(taken + 1);
      }
      show();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    show();
  }

  document.addEventListener("DOMContentLoaded", function () {
    const form = document.querySelector("main form");
    const steps = Array.from(document.querySelectorAll("form > .step"));
    const status = document.createElement("p");
    if (!form || !steps.length) return;
    status.className = "unseen";
    status.setAttribute("role", "status");
    form.prepend(status);

    // A survey that branches: the page has come with everything hidden that is not asked so far.
    const flow = form.dataset.flow && JSON.parse(form.dataset.flow);
    let asked = null;
    function weigh() {
      if (!flow) return;
      asked = Flow.shown(flow, Array.from(new FormData(form)));
      const keys = new Set(asked.pages.flatMap((page) => page.questions));
      form.querySelectorAll("[data-q]").forEach(function (question) {
        const hidden = !keys.has(question.dataset.q);
        if (question.hidden !== hidden) question.hidden = hidden;
        const note = document.getElementById("wrong-" + question.dataset.q);
        if (note) note.hidden = hidden;
      });
      form.querySelectorAll("[data-group]").forEach(function (group) {
        group.hidden = !group.querySelector("[data-q]:not([hidden])");
      });
      form.querySelectorAll("[data-pipe]").forEach(function (pipe) {
        const said = Flow.said(flow, asked, pipe.dataset.pipe);
        const text = said === null ? pipe.dataset.else : said;
        if (pipe.textContent !== text) pipe.textContent = text;
      });
    }
    const stepOf = (key) => steps.findIndex((step) => step.dataset.page === (key || ""));
    function next(at, by) {
      if (!flow) return Math.min(steps.length - 1, Math.max(0, at + by));
      const key = steps[at].dataset.page;
      return stepOf(by > 0 ? Flow.after(flow, asked, key) : Flow.before(flow, asked, key));
    }

    function current() {
      return Math.max(0, steps.findIndex((step) => step.classList.contains("current")));
    }
    function show(at, quietly) {
      steps.forEach((step, n) => step.classList.toggle("current", n === at));
      if (flow) form.elements._page.value = steps[at].dataset.page;
      if (quietly) return;
      const step = steps[at];
      scrollTo(0, 0);
      step.tabIndex = -1;
      step.focus({ preventScroll: true });
      const progress = step.querySelector(".steps span");
      status.textContent = (progress ? progress.textContent + ": " : "") + step.getAttribute("aria-label");
    }
    function move(by) {
      const at = current();
      const missing = by > 0 && firstMissing(steps[at]);
      if (missing) { goTo(missing); return; }
      const to = next(at, by);
      if (by > 0) history.pushState({ step: to }, "");
      show(to);
    }

    if (steps.length > 1) history.replaceState({ step: current() }, "");
    addEventListener("popstate", function (event) {
      if (!event.state || typeof event.state.step !== "number") return;
      // What was a page on the way may not be asked any more.
      const at = event.state.step;
      const gone = asked && steps[at].dataset.page && !asked.pages.some((page) => page.key === steps[at].dataset.page);
      show(gone ? next(at, -1) : at);
    });

    form.addEventListener("click", function (event) {
      const button = event.target.closest("[data-go]");
      if (button) event.preventDefault();
      if (button) move(button.dataset.go === "next" ? 1 : -1);
    });
    // Enter in a line of text means "go on", which is sending only on the last step.
    form.addEventListener("keydown", function (event) {
      const line = event.key === "Enter" && event.target.matches("input") && !event.isComposing;
      if (line && current() < steps.length - 1) { event.preventDefault(); move(1); }
    });
    form.addEventListener("input", function (event) {
      const question = event.target.closest("[data-missing]");
      if (question) settle(question);
      if (event.target.type === "checkbox" && event.target.checked) leaveAlone(event.target);
      const shares = event.target.closest(".shares");
      if (shares) addUp(shares);
      // Who writes on the line beside "other" has chosen it.
      const line = event.target.matches("input.line") && event.target.value.trim() !== "";
      const choice = line && event.target.previousElementSibling;
      const box = choice && choice.matches(".choice") && choice.querySelector("input");
      if (box) { box.checked = true; leaveAlone(box); }
    });
    form.addEventListener("input", weigh);
    form.addEventListener("change", weigh);
    if (flow) {
      weigh();
      // From here on the style sheet hides steps, as in every other survey.
      steps.forEach((step) => { step.hidden = false; });
    }
    form.querySelectorAll(".ranks").forEach(rank);
    form.querySelectorAll(".shares").forEach(addUp);
    // The links of the summary lead to questions that may stand on another step.
    form.addEventListener("click", function (event) {
      const link = event.target.closest(".summary a");
      const question = link && document.getElementById(link.hash.slice(1));
      if (!question) return;
      event.preventDefault();
      show(steps.indexOf(question.closest(".step")), true);
      goTo(question);
    });

    // Scanners run this script, too, in browsers that nobody sits before. What speaks for a person is a
    // pointer that moves, a key or a touch, made by no script, on a page that can be seen.
    const sign = document.createElement("input");
    sign.type = "hidden";
    sign.name = "_sign";
    sign.value = "none";
    form.append(sign);
    let began = false;
    function begin() {
      const address = form.dataset.begin;
      const answered = Array.from(form.querySelectorAll(".step input:checked, .step textarea")).some((field) =>
        field.value.trim() !== "");
      if (began || !address || !answered || sign.value === "none") return;
      began = true;
      // Provisional, until the button is pressed; nothing depends on whether it arrives.
      fetch(address, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true,
        credentials: "omit" }).catch(() => {});
    }
    let place = null;
    function notice(event) {
      if (sign.value !== "none" || !event.isTrusted || document.visibilityState !== "visible") return;
      if (event.type === "pointermove" && event.pointerType !== "touch") {
        // A page that is laid out under a resting pointer tells of it once, at one place.
        const here = event.screenX + " " + event.screenY;
        if (place === null) place = here;
        if (place === here) return;
      }
      sign.value = event.type === "keydown" ? "key" : event.pointerType === "touch" ? "touch" : "pointer";
      begin();
    }
    // A click alone is what screen readers and voice control make.
    ["pointermove", "pointerdown", "keydown", "click"].forEach((type) =>
      addEventListener(type, notice, { capture: true, passive: true }));
    form.addEventListener("change", begin);

    let sent = false;
    form.addEventListener("submit", function (event) {
      for (let at = 0; at < steps.length; at += 1) {
        const missing = firstMissing(steps[at]);
        if (missing) {
          event.preventDefault();
          show(at, true);
          goTo(missing);
          return;
        }
      }
      // A second click while the first is on its way sends nothing.
      if (sent) event.preventDefault();
      sent = true;
    });
    // Back from the page of thanks, the form can be sent again.
    addEventListener("pageshow", function () { sent = false; weigh(); });

    // Another language, with what is typed already.
    document.querySelectorAll("a.lang").forEach(function (link) {
      link.addEventListener("click", function (event) {
        const wish = document.createElement("input");
        event.preventDefault();
        wish.type = "hidden";
        wish.name = "_show";
        wish.value = link.lang;
        form.append(wish);
        form.submit();
      });
    });
  });
})();
