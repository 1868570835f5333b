// The survey works without this file, as one long page. With it: one step at a time, a look at what is
// missing before the next step, and what is filled in is kept, here and with the service, until it is sent.
// Written for old browsers inside other programs: no syntax and no function that came after ES5, and what a
// browser may lack is asked for before it is used.
"use strict";

(function () {
  var root = document.documentElement;
  var KIND = "application/x-www-form-urlencoded";

  function list(within, css) {
    return Array.prototype.slice.call(within.querySelectorAll(css));
  }

  function matches(node, css) {
    return (node.matches || node.webkitMatchesSelector || node.msMatchesSelector).call(node, css);
  }

  function closest(node, css) {
    while (node && node.nodeType === 1 && !matches(node, css)) node = node.parentNode;
    return node && node.nodeType === 1 ? node : null;
  }

  function first(all, fits) {
    for (var at = 0; at < all.length; at += 1) if (fits(all[at])) return all[at];
    return null;
  }

  // ---- what the device keeps, by link. Some browsers refuse to keep anything, each in its own way.

  var link = /^\/r\/([a-z2-7]+)/i.exec(location.pathname);
  var place = link && "bellwether/" + link[1].toLowerCase();
  var LONGEST = 60 * 24 * 3600 * 1000;

  function recall() {
    try {
      var found = JSON.parse(localStorage.getItem(place));
      if (found && Date.now() - found.at < LONGEST && found.fields) return found;
    } catch (error) { /* Nothing is kept here. */ }
    return null;
  }
  function remember(what) {
    try {
      what.at = Date.now();
      localStorage.setItem(place, JSON.stringify(what));
      return true;
    } catch (error) {
      return false;
    }
  }
  function forget() {
    try { localStorage.removeItem(place); } catch (error) { /* There was nothing. */ }
  }

  // ---- forms, as a browser sends them

  function fieldsOf(form) {
    var fields = [];
    Array.prototype.forEach.call(form.elements, function (field) {
      var box = field.type === "checkbox" || field.type === "radio";
      var none = !field.name || field.disabled || field.type === "submit" || field.type === "button";
      if (!none && field.tagName !== "FIELDSET" && (!box || field.checked)) fields.push([field.name, field.value]);
    });
    return fields;
  }
  function answersOf(fields) {
    return fields.filter(function (field) { return field[0].charAt(0) !== "_"; });
  }
  function encoded(fields) {
    return fields.map(function (field) {
      return encodeURIComponent(field[0]) + "=" + encodeURIComponent(field[1]);
    }).join("&");
  }
  function post(address, fields, done) {
    var call = new XMLHttpRequest();
    call.open("POST", address);
    call.timeout = 30000;
    call.setRequestHeader("Content-Type", KIND);
    call.onload = function () { done(call.status, call); };
    call.onerror = call.ontimeout = function () { done(0, call); };
    call.send(encoded(fields));
  }
  // Sends fields as if no script ran: what comes back is the page.
  function postPlainly(address, fields) {
    var plain = document.createElement("form");
    plain.method = "post";
    plain.action = address;
    plain.hidden = true;
    fields.forEach(function (field) {
      var text = document.createElement("textarea");
      text.name = field[0];
      text.value = field[1];
      plain.appendChild(text);
    });
    document.body.appendChild(plain);
    plain.submit();
  }
  function hiddenField(form, name, value) {
    var field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.appendChild(field);
    return field;
  }

  // ---- what is said of questions

  function icon() {
    var known = document.querySelector(".note.wrong svg");
    if (known) return known.cloneNode(true);
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    var path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    [["viewBox", "0 0 20 20"], ["aria-hidden", "true"], ["fill", "none"], ["stroke", "currentColor"],
      ["stroke-width", "1.8"], ["stroke-linecap", "round"], ["stroke-linejoin", "round"]].forEach(function (one) {
      svg.setAttribute(one[0], one[1]);
    });
    path.setAttribute("d", "M10 2.5l8 14.5H2zM10 8v4.5M10 14.8v.1");
    svg.appendChild(path);
    return svg;
  }

  function describe(question, id, on) {
    var target = matches(question, "fieldset") ? question : question.querySelector("textarea, input");
    var ids = (target.getAttribute("aria-describedby") || "").split(" ").filter(function (one) {
      return one && one !== id;
    });
    if (on) ids.unshift(id);
    if (ids.length) target.setAttribute("aria-describedby", ids.join(" "));
    else target.removeAttribute("aria-describedby");
  }

  function isAnswered(question) {
    return list(question, "input, textarea, select").some(function (field) {
      return field.type === "radio" || field.type === "checkbox" ? field.checked : field.value.trim() !== "";
    });
  }

  function noteOf(question) {
    return document.getElementById(question.id.replace(/^q-/, "wrong-"));
  }

  function complain(question) {
    if (noteOf(question)) return;
    var id = question.id.replace(/^q-/, "wrong-");
    var note = document.createElement("p");
    var text = document.createElement("span");
    var words = closest(question, "form").getAttribute("data-words");
    note.className = "note wrong";
    note.id = id;
    if (words) {
      text.lang = words;
      text.dir = "auto";
    }
    text.textContent = question.getAttribute("data-missing");
    note.appendChild(icon());
    note.appendChild(text);
    question.parentNode.insertBefore(note, question);
    describe(question, id, true);
  }

  function settle(question) {
    var note = noteOf(question);
    if (!note || !isAnswered(question)) return;
    note.parentNode.removeChild(note);
    describe(question, note.id, false);
  }

  // The first question of a step that needs an answer and has none; each of them is told.
  function firstMissing(step) {
    var missing = list(step, "[data-missing]").filter(function (question) {
      return !closest(question, "[hidden]") && !isAnswered(question);
    });
    missing.forEach(complain);
    return missing[0];
  }

  function goTo(question) {
    (noteOf(question) || question).scrollIntoView({ block: "start" });
    question.querySelector("input, textarea, select").focus({ preventScroll: true });
  }

  // ---- kinds of questions

  // A choice that stands alone takes the others away, and each of the others takes it away.
  function leaveAlone(box) {
    list(closest(box, ".choices"), "input[type=checkbox]").forEach(function (other) {
      var alone = box.hasAttribute("data-alone") || other.hasAttribute("data-alone");
      if (other !== box && alone) other.checked = false;
    });
  }

  // How much of a total is given out; nothing is said before anything is.
  function addUp(shares) {
    var line = shares.parentNode.querySelector(".sum");
    var given = list(shares, "input").map(function (field) { return field.value.trim(); });
    var sum = given.reduce(function (all, value) { return all + (/^\d+$/.test(value) ? Number(value) : 0); }, 0);
    var text = line.getAttribute("data-text").replace("#", sum.toLocaleString(root.lang));
    line.hidden = given.every(function (value) { return value === ""; });
    if (!line.hidden && line.textContent !== text) line.textContent = text;
    line.classList.toggle("worse", sum > Number(line.getAttribute("data-total")));
  }

  function tell(field, type) {
    var event = document.createEvent("Event");
    event.initEvent(type, true, false);
    field.dispatchEvent(event);
  }

  // A place that is given anew is taken from who had it. A tap on a choice gives it the next free place,
  // another tap takes its place away and lets those behind it move up.
  function rank(ranks) {
    var fields = list(ranks, "select");
    var last = fields[0].options.length - 1;
    var held = [];
    function show() {
      held = fields.map(function (field) { return field.value; });
      fields.forEach(function (field) { field.parentNode.classList.toggle("ranked", field.value !== ""); });
    }
    ranks.classList.add("taps");
    ranks.addEventListener("change", function (event) {
      var at = fields.indexOf(event.target);
      fields.forEach(function (field, n) {
        if (n !== at && field.value !== "" && field.value === event.target.value) field.value = held[at];
      });
      show();
    });
    ranks.addEventListener("click", function (event) {
      var label = closest(event.target, "label");
      var field = label && document.getElementById(label.htmlFor);
      if (!field) return;
      event.preventDefault();
      var had = Number(field.value);
      if (had) {
        field.value = "";
        fields.forEach(function (one) { if (Number(one.value) > had) one.value = String(one.value - 1); });
      } else {
        var taken = fields.filter(function (one) { return one.value !== ""; }).length;
        if (taken < last) field.value = String(taken + 1);
      }
      show();
      tell(field, "input");
    });
    show();
  }

  // ---- sending, and waiting for a connection

  // A form that somebody has sent and that has not arrived: its fields, and since when.
  var waiting = null;
  var underway = false;
  var tries = 0;
  var timer = null;
  // What the page does meanwhile; a page without the form has nothing to show.
  var shows = { wait: function () {}, end: function () {} };

  function isOffline(status) {
    return status === 0 || status === 429 || (status >= 502 && status <= 504);
  }
  function send() {
    if (!waiting || underway) return;
    var address = "/r/" + link[1].toLowerCase();
    var sending = waiting;
    var waited = ["_waited", String(Math.max(0, Math.round((Date.now() - sending.since) / 1000)))];
    underway = true;
    clearTimeout(timer);
    post(address, sending.fields.concat([waited, ["_by", "script"]]), function (status, call) {
      var to = call.getResponseHeader("x-sent");
      underway = false;
      if (to) {
        forget();
        waiting = null;
        location.assign(to);
      } else if (isOffline(status) || status < 300) {
        // Two hundred without our word is the page of somebody in between, such as a hotel's.
        if (waiting !== sending) return;
        shows.wait();
        tries += 1;
        var asked = Number(call.getResponseHeader("Retry-After")) || 0;
        timer = setTimeout(send, Math.max(asked * 1000, Math.min(60000, 1500 * Math.pow(2, tries)) * (0.75 + Math.random() / 2)));
      } else {
        // The service has something to say: its page.
        forget();
        waiting = null;
        shows.end();
        postPlainly(address, sending.fields.concat([waited]));
      }
    });
  }
  function sendNow() {
    if (document.hidden !== true) send();
  }
  addEventListener("online", sendNow);
  document.addEventListener("visibilitychange", sendNow);

  function newKey() {
    var key = "";
    var bytes = window.crypto && crypto.getRandomValues && window.Uint8Array ? crypto.getRandomValues(new Uint8Array(16)) : null;
    for (var n = 0; n < 16; n += 1) {
      var byte = bytes ? bytes[n] : Math.floor(Math.random() * 256);
      key += (byte + 256).toString(16).slice(1);
    }
    return key;
  }

  document.addEventListener("DOMContentLoaded", function () {
    var firstStep = document.querySelector("form > .step");
    var form = firstStep && firstStep.parentNode;
    var known = place && window.JSON ? recall() : null;
    if (known && known.wait && window.XMLHttpRequest) waiting = known.wait;
    if (form) survey(form, known);
    // The response is in: what this device had kept of it is of no more use, but for a change of it.
    else if (known && !waiting && document.querySelector("[data-sent]") && String(known.base).charAt(0) !== "r") forget();
    send();
  });

  function survey(form, known) {
    var steps = list(form, ".step");
    var status = document.createElement("p");
    status.className = "unseen";
    status.setAttribute("role", "status");
    form.insertBefore(status, form.firstChild);

    // ---- what is kept of this form. Without the attribute nothing is, neither here nor there.
    var base = form.getAttribute("data-keep");
    var note = document.querySelector("form.kept");
    var begins = form.getAttribute("data-begin");
    var sent = false;
    var stored = false;
    var late = null;
    var since = 0;
    var telling = false;
    // The answers as they were told last.
    var told = base === null ? "" : JSON.stringify(answersOf(fieldsOf(form)));

    function keepHere() {
      if (base !== null) stored = remember({ base: base, fields: answersOf(fieldsOf(form)) });
    }
    function keepThere(leaving) {
      var fields = fieldsOf(form);
      var answers = JSON.stringify(answersOf(fields));
      var any = answersOf(fields).some(function (field) { return field[1].trim() !== ""; });
      if (!begins || !any || sent || sign.value === "none" || answers === told) return;
      if (leaving && navigator.sendBeacon && window.Blob) {
        if (navigator.sendBeacon(begins, new Blob([encoded(fields)], { type: KIND }))) told = answers;
        return;
      }
      if (telling || !window.XMLHttpRequest) return;
      telling = true;
      clearTimeout(late);
      late = null;
      post(begins, fields, function (status, call) {
        var at = status === 204 && call.getResponseHeader("x-kept");
        telling = false;
        if (status === 204) told = answers;
        // Nothing depends on whether it arrives: what the service has not, this device has.
        if (!at || sent) return;
        base = at;
        if (JSON.stringify(answersOf(fieldsOf(form))) === answers) forget();
        else { keepHere(); soon(); }
      });
    }
    function soon() {
      var now = Date.now();
      if (late === null) since = now;
      clearTimeout(late);
      late = setTimeout(function () { late = null; keepThere(false); }, Math.max(0, Math.min(1500, since + 5000 - now)));
    }
    function changed() {
      if (base === null) return;
      keepHere();
      soon();
    }
    function leave() {
      if (sent || base === null || JSON.stringify(answersOf(fieldsOf(form))) === told) return;
      keepHere();
      keepThere(true);
    }
    function fillIn(answers) {
      var given = {};
      answers.forEach(function (field) { (given[field[0]] = given[field[0]] || []).push(field[1]); });
      Array.prototype.forEach.call(form.elements, function (field) {
        var values = Object.prototype.hasOwnProperty.call(given, field.name) ? given[field.name] : null;
        if (!field.name || field.name.charAt(0) === "_" || field.type === "submit" || field.type === "button") return;
        if (field.type === "checkbox") field.checked = !!values && values.indexOf(field.value) >= 0;
        else if (!values) return;
        else if (field.type === "radio") field.checked = values.indexOf(field.value) >= 0;
        else field.value = values[0];
      });
    }
    if (base !== null && known && !known.wait && base !== "*") {
      if (known.base === base || known.base === "*") {
        fillIn(known.fields);
        // What the mail's link said has given way to what was chosen here.
        list(form, ".note.prefilled").forEach(function (one) {
          var box = one.previousElementSibling && one.previousElementSibling.querySelector("input:checked");
          one.hidden = !box || !box.defaultChecked;
        });
        if (note && note.hidden) {
          var here = note.querySelector("[data-here]");
          here.textContent = here.getAttribute("data-here");
          note.hidden = false;
        }
      } else {
        forget();
      }
    }
    if (note) note.addEventListener("submit", function () {
      sent = true;
      forget();
    });

    // ---- a survey that branches: the page has come with everything hidden that is not asked so far
    var flow = form.getAttribute("data-flow") && JSON.parse(form.getAttribute("data-flow"));
    var asked = null;
    function weigh() {
      if (!flow) return;
      asked = Flow.shown(flow, fieldsOf(form));
      var keys = {};
      asked.pages.forEach(function (page) {
        page.questions.forEach(function (key) { keys["q:" + key] = true; });
      });
      list(form, "[data-q]").forEach(function (question) {
        var hidden = !keys["q:" + question.getAttribute("data-q")];
        var wrong = noteOf(question);
        if (question.hidden !== hidden) question.hidden = hidden;
        if (wrong) wrong.hidden = hidden;
      });
      list(form, "[data-group]").forEach(function (group) {
        group.hidden = !group.querySelector("[data-q]:not([hidden])");
      });
      list(form, "[data-pipe]").forEach(function (pipe) {
        var said = Flow.said(flow, asked, pipe.getAttribute("data-pipe"));
        var text = said === null ? pipe.getAttribute("data-else") : said;
        if (pipe.textContent !== text) pipe.textContent = text;
      });
    }
    function pageOf(step) {
      return step.getAttribute("data-page");
    }
    function stepOf(key) {
      return steps.indexOf(first(steps, function (step) { return pageOf(step) === (key || ""); }));
    }
    function next(at, by) {
      if (!flow) return Math.min(steps.length - 1, Math.max(0, at + by));
      return stepOf(by > 0 ? Flow.after(flow, asked, pageOf(steps[at])) : Flow.before(flow, asked, pageOf(steps[at])));
    }

    // ---- steps
    function current() {
      return Math.max(0, steps.indexOf(first(steps, function (step) { return step.classList.contains("current"); })));
    }
    function show(at, quietly) {
      steps.forEach(function (step, n) { step.classList.toggle("current", n === at); });
      if (flow) form.elements._page.value = pageOf(steps[at]);
      if (quietly) return;
      var step = steps[at];
      var progress = step.querySelector(".steps span");
      scrollTo(0, 0);
      step.tabIndex = -1;
      step.focus({ preventScroll: true });
      status.textContent = (progress ? progress.textContent + ": " : "") + step.getAttribute("aria-label");
    }
    function move(by) {
      var at = current();
      var missing = by > 0 && firstMissing(steps[at]);
      if (missing) { goTo(missing); return; }
      var to = next(at, by);
      if (by > 0) history.pushState({ step: to }, "");
      if (note) note.hidden = true;
      show(to);
    }

    if (steps.length > 1) history.replaceState({ step: current() }, "");
    addEventListener("popstate", function (event) {
      if (!event.state || typeof event.state.step !== "number" || !steps[event.state.step]) return;
      // What was a page on the way may not be asked any more.
      var at = event.state.step;
      var key = pageOf(steps[at]);
      var gone = asked && key && !asked.pages.some(function (page) { return page.key === key; });
      show(gone ? next(at, -1) : at);
    });

    form.addEventListener("click", function (event) {
      var button = closest(event.target, "[data-go]");
      if (!button) return;
      event.preventDefault();
      move(button.getAttribute("data-go") === "next" ? 1 : -1);
    });
    // Enter in a line of text means "go on", which is sending only on the last step.
    form.addEventListener("keydown", function (event) {
      var line = event.key === "Enter" && matches(event.target, "input") && !event.isComposing;
      if (line && current() < steps.length - 1) { event.preventDefault(); move(1); }
    });
    form.addEventListener("input", function (event) {
      var field = event.target;
      var question = closest(field, "[data-missing]");
      var shares = closest(field, ".shares");
      if (question) settle(question);
      if (field.type === "checkbox" && field.checked) leaveAlone(field);
      if (shares) addUp(shares);
      // Who writes on the line beside "other" has chosen it.
      var choice = matches(field, "input.line") && field.value.trim() !== "" && field.previousElementSibling;
      var box = choice && matches(choice, ".choice") && choice.querySelector("input");
      if (box) { box.checked = true; leaveAlone(box); }
    });
    // Old browsers tell of boxes by a change alone.
    form.addEventListener("change", function (event) {
      var question = closest(event.target, "[data-missing]");
      if (question) settle(question);
      if (event.target.type === "checkbox" && event.target.checked) leaveAlone(event.target);
    });
    ["input", "change"].forEach(function (type) {
      form.addEventListener(type, weigh);
      form.addEventListener(type, changed);
    });
    if (flow) {
      weigh();
      // From here on the style sheet hides steps, as in every other survey.
      steps.forEach(function (step) { step.hidden = false; });
    }
    list(form, ".ranks").forEach(rank);
    list(form, ".shares").forEach(addUp);
    // The links of the summary lead to questions that may stand on another step.
    form.addEventListener("click", function (event) {
      var link = closest(event.target, ".summary a");
      var question = link && document.getElementById(link.hash.slice(1));
      if (!question) return;
      event.preventDefault();
      show(steps.indexOf(closest(question, ".step")), true);
      goTo(question);
    });

    // Scanners run this script, too, in browsers that nobody sits before. What speaks for a person is a
    // pointer that moves, a key or a touch, made by no script, on a page that can be seen.
    var sign = hiddenField(form, "_sign", "none");
    var spot = null;
    function notice(event) {
      if (sign.value !== "none" || event.isTrusted === false || document.hidden === true) return;
      var touch = event.type === "touchstart" || event.pointerType === "touch";
      if (event.type === "pointermove" && !touch) {
        // A page that is laid out under a resting pointer tells of it once, at one place.
        var now = event.screenX + " " + event.screenY;
        if (spot === null) spot = now;
        if (spot === now) return;
      }
      sign.value = event.type === "keydown" ? "key" : touch ? "touch" : "pointer";
      // What came with the link is begun by a hand alone.
      if (base !== "*" && note && note.hidden) told = "";
      keepThere(false);
    }
    // A click alone is what screen readers and voice control make.
    ["pointermove", "pointerdown", "touchstart", "keydown", "click"].forEach(function (type) {
      addEventListener(type, notice, true);
    });
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", function () { if (document.hidden === true) leave(); });
    addEventListener("online", function () { keepThere(false); });

    // ---- sending
    var panel = document.querySelector(".waits");
    shows.wait = function () {
      if (!panel || !panel.hidden) return;
      panel.querySelector("[data-stored]").hidden = !stored;
      panel.querySelector("[data-open]").hidden = stored;
      form.hidden = true;
      if (note) note.hidden = true;
      panel.hidden = false;
      scrollTo(0, 0);
      panel.focus();
    };
    shows.end = function () {
      if (panel) panel.hidden = true;
      form.hidden = false;
      sent = false;
    };
    if (panel) panel.addEventListener("click", function (event) {
      var button = closest(event.target, "[data-wait]");
      if (!button) return;
      if (button.getAttribute("data-wait") === "now") { send(); return; }
      clearTimeout(timer);
      waiting = null;
      shows.end();
      keepHere();
    });
    if (waiting) {
      fillIn(answersOf(waiting.fields));
      weigh();
      stored = sent = true;
    }

    form.addEventListener("submit", function (event) {
      for (var at = 0; at < steps.length; at += 1) {
        var missing = firstMissing(steps[at]);
        if (missing) {
          event.preventDefault();
          show(at, true);
          goTo(missing);
          return;
        }
      }
      // A second click while the first is on its way sends nothing.
      if (sent) {
        event.preventDefault();
        return;
      }
      sent = true;
      clearTimeout(late);
      if (base === null || !link || !window.XMLHttpRequest || !window.JSON) return;
      event.preventDefault();
      tries = 0;
      waiting = { since: Date.now(), fields: fieldsOf(form).concat([["_once", newKey()]]) };
      stored = remember({ base: base, fields: answersOf(waiting.fields), wait: waiting });
      send();
    });
    // Back from the page of thanks, the form can be sent again.
    addEventListener("pageshow", function () {
      if (!waiting) sent = false;
      weigh();
    });

    // Another language, with what is typed already.
    list(document, "a.lang").forEach(function (link) {
      link.addEventListener("click", function (event) {
        event.preventDefault();
        hiddenField(form, "_show", link.lang);
        form.submit();
      });
    });
  }
})();
