// Which questions a survey that branches asks: the same walk as in the server (src/domain/survey/logic),
// over the same conditions, which the page carries as small lists. Nothing here touches the page, and
// nothing here is newer than ES5.
"use strict";

var Flow = (function () {
  var TURNS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

  function has(list, one) {
    return list.indexOf(one) >= 0;
  }

  // Names are keys of plain objects: none of them is one that every object has.
  function knows(map, name) {
    return Object.prototype.hasOwnProperty.call(map, name);
  }

  // The characters of a text, pairs of halves together.
  function letters(text) {
    return text.match(/[\ud800-\udbff][\udc00-\udfff]|[\s\S]/g) || [];
  }

  // Own words as the server keeps them.
  function clean(text) {
    return text.replace(/\r\n/g, "\n").replace(/[\r\u2028\u2029]/g, "\n").replace(/\t/g, " ").replace(TURNS, "").trim();
  }

  // Digits and marks of a Chinese keyboard, in ASCII.
  function plain(text) {
    return text.trim().replace(/[\uff01-\uff5e]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xfee0); })
      .replace(/\u2212/g, "-").replace(/[\u3000\u00a0]/g, " ").replace(/\u3002/g, ".").trim();
  }

  // A number in thousandths, so that equal numbers are equal; nothing if it is none.
  function milli(text) {
    var found = /^([-+]?)(\d+)(?:([.,])(\d+))?$/.exec(plain(text));
    if (!found || (found[3] === "," && found[4].length === 3)) return null;
    var part = (found[4] || "").replace(/0+$/, "");
    var whole = Number(found[2]);
    if (part.length > 3 || whole > 1e12) return null;
    return (found[1] === "-" ? -1 : 1) * (whole * 1000 + Number((part + "000").slice(0, 3)));
  }

  function sized(text, question) {
    var count = letters(text).length;
    return text !== "" && count <= question.most && count >= (question.least || 0) ? { text: text } : null;
  }

  function whole(text) {
    return /^\+?\d+$/.test(plain(text)) ? Number(plain(text)) : null;
  }

  // The answer that the fields of a question give; null is none. What the server would refuse is none either.
  function answer(question, given) {
    function all(name) {
      return knows(given, name) ? given[name] : [];
    }
    var values = all(question.key);
    var one = values.length === 1 ? values[0] : null;
    var own = question.other ? all(question.key + ".other") : [];
    var words = own.length === 1 ? clean(own[0]) : "";
    switch (question.kind) {
      case "score": {
        if (one === "na" && question.na) return { na: true };
        var score = one !== null && /^(0|-?[1-9]\d*)$/.test(one) ? Number(one) : null;
        return score !== null && score >= question.from && score <= question.last ? { number: score * 1000 } : null;
      }
      case "choice":
        if (one === "na" && question.na) return { na: true };
        if (has(question.choices, one)) return { text: one, own: one === question.other ? words : "" };
        return !values.length && words ? { text: question.other, own: words } : null;
      case "choices": {
        var chosen = values.concat(words && !has(values, question.other) ? [question.other] : []);
        var known = chosen.every(function (key, n) { return has(question.choices, key) && chosen.indexOf(key) === n; });
        if (!chosen.length || !known) return null;
        var alone = chosen.some(function (key) { return has(question.alone, key); });
        if (alone ? chosen.length > 1 : chosen.length < question.least || chosen.length > question.most) return null;
        return { keys: question.choices.filter(function (key) { return has(chosen, key); }), own: words };
      }
      case "ranking": {
        var ranked = [];
        for (var at = 0; at < question.choices.length; at += 1) {
          var place = all(question.key + "." + question.choices[at]);
          if (!place.length) continue;
          var n = place.length === 1 ? whole(place[0]) : null;
          if (n === null || n < 1 || n > question.choices.length || ranked[n]) return null;
          ranked[n] = question.choices[at];
        }
        var keys = ranked.filter(Boolean);
        return keys.length && keys.length >= question.least && keys.length <= question.most ? { keys: keys } : null;
      }
      case "shares": {
        var shares = question.choices.map(function (key) { return all(question.key + "." + key); });
        var numbers = shares.map(function (share) { return share.length ? (share.length === 1 ? whole(share[0]) : null) : 0; });
        var fits = shares.some(function (share) { return share.length > 0; }) &&
          numbers.every(function (number) { return number !== null; });
        return fits && numbers.reduce(function (sum, number) { return sum + number; }, 0) === question.total ? { given: true } : null;
      }
      case "number": {
        var x = one === null ? null : milli(one);
        var out = x === null || (question.min !== null && x < question.min) || (question.max !== null && x > question.max);
        return out || (question.step > 0 && (x - (question.min || 0)) % question.step !== 0) ? null : { number: x };
      }
      case "date": {
        var day = one === null ? "" : one.trim();
        var date = /^\d{4}-\d\d-\d\d$/.test(day) && new Date(day + "T00:00:00Z");
        if (!date || isNaN(date) || date.toISOString().slice(0, 10) !== day) return null;
        return (question.min && day < question.min) || (question.max && day > question.max) ? null : { date: day };
      }
      case "line":
        return one === null ? null : sized(clean(one).split(/\s+/).filter(Boolean).join(" "), question);
      case "text":
        return one === null ? null : sized(clean(one), question);
      case "contact": {
        var parts = question.ask.filter(function (part) { return all(question.key + "." + part).length === 1; });
        return parts.length && question.need.every(function (part) { return has(parts, part); }) ? { given: true } : null;
      }
      case "consent":
        return one === "yes" ? { given: true } : null;
      default:
        return null;
    }
  }

  function compare(left, how, right) {
    var kind = ["number", "text", "date"].filter(function (one) { return left && right && one in left && one in right; })[0];
    if (!kind) return false;
    var a = left[kind];
    var b = right[kind];
    switch (how) {
      case "==": return a === b;
      case "!=": return a !== b;
      case "<": return a < b;
      case "<=": return a <= b;
      case ">": return a > b;
      default: return a >= b;
    }
  }

  function holds(tree, known) {
    function given(key) {
      return knows(known, key) ? known[key] : null;
    }
    function value(term) {
      return "question" in term ? given(term.question) : term;
    }
    switch (tree[0]) {
      case "truth": return tree[1];
      case "not": return !holds(tree[1], known);
      case "and": return tree[1].every(function (one) { return holds(one, known); });
      case "or": return tree[1].some(function (one) { return holds(one, known); });
      case "compare": return compare(value(tree[1]), tree[2], value(tree[3]));
      case "in": {
        var one = value(tree[1]);
        if (!one || one.na || one.keys || one.given) return false;
        return tree[3].some(function (other) { return compare(one, "==", other); }) === tree[2];
      }
      case "answered": return knows(known, tree[1]);
      case "chosen": {
        var found = given(tree[1]);
        if (!found) return false;
        var keys = found.na ? ["na"] : found.keys || ("text" in found ? [found.text] : []);
        return tree[2].some(function (choice) { return has(keys, choice.text); });
      }
      default: return false;
    }
  }

  // The pages that are shown, each with the keys of its questions. `fields` are pairs of name and value.
  function shown(flow, fields) {
    var given = {};
    fields.forEach(function (field) {
      if (typeof field[1] !== "string" || field[0].charAt(0) === "_" || field[1].trim() === "") return;
      if (!knows(given, field[0])) given[field[0]] = [];
      given[field[0]].push(field[1]);
    });
    var known = {};
    var pages = [];
    var ended = false;
    var resume = 0;
    flow.pages.forEach(function (page) {
      var open = page.show === null || holds(page.show, known);
      var questions = [];
      page.questions.forEach(function (question) {
        if (!open || ended || question.place < resume) return;
        if (question.show !== null && !holds(question.show, known)) return;
        questions.push(question.key);
        var found = answer(question, given);
        if (found) known[question.key] = found;
        ended = question.end.some(function (when) { return holds(when, known); });
        var skip = question.skip.filter(function (one) { return holds(one[0], known); })[0];
        if (skip) resume = skip[1];
      });
      if (questions.length) pages.push({ key: page.key, at: page.at, questions: questions });
    });
    return { pages: pages, known: known };
  }

  function place(flow, key) {
    var page = flow.pages.filter(function (one) { return one.key === key; })[0];
    return page ? page.at : Infinity;
  }

  // Where to go on, and back to; null is the end, where everything is sent.
  function after(flow, asked, key) {
    var next = asked.pages.filter(function (page) { return page.at > place(flow, key); })[0];
    return next ? next.key : null;
  }
  function before(flow, asked, key) {
    var back = asked.pages.filter(function (page) { return page.at < place(flow, key); }).pop() || asked.pages[0];
    return back ? back.key : null;
  }

  // An answer as a text repeats it; null where there is nothing to repeat.
  function said(flow, asked, key) {
    var found = knows(asked.known, key) ? asked.known[key] : null;
    var names = flow.says[key] || {};
    function cut(words) {
      return letters(words).length > 200 ? letters(words).slice(0, 200).join("") + "…" : words;
    }
    var question = null;
    flow.pages.forEach(function (page) {
      page.questions.forEach(function (one) { if (one.key === key) question = one; });
    });
    function named(one) {
      return one === question.other && found.own ? cut(found.own) : names[one];
    }
    if (!found || found.na || found.given) return null;
    if (found.keys) return found.keys.map(named).join(flow.gap);
    if ("number" in found) return String(found.number / 1000);
    if ("date" in found) return found.date;
    return question.kind === "choice" ? named(found.text) : cut(found.text);
  }

  return { shown: shown, after: after, before: before, said: said };
})();
