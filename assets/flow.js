// Which questions a survey that branches asks: the same walk as in the server (src/domain/survey/logic),
// over the same conditions, which the page carries as small lists. Nothing here touches the page.
"use strict";

const Flow = (function () {
  const TURNS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

  // Own words as the server keeps them.
  function clean(text) {
    return text.replace(/\r\n/g, "\n").replace(/[\r\u2028\u2029]/g, "\n").replace(/\t/g, " ").replace(TURNS, "").trim();
  }

  // Digits and marks of a Chinese keyboard, in ASCII.
  function plain(text) {
    return text.trim().replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
      .replace(/\u2212/g, "-").replace(/[\u3000\u00a0]/g, " ").replace(/\u3002/g, ".").trim();
  }

  // A number in thousandths, so that equal numbers are equal; nothing if it is none.
  function milli(text) {
    const found = /^([-+]?)(\d+)(?:([.,])(\d+))?$/.exec(plain(text));
    if (!found || (found[3] === "," && found[4].length === 3)) return null;
    const part = (found[4] || "").replace(/0+$/, "");
    const whole = Number(found[2]);
    if (part.length > 3 || whole > 1e12) return null;
    return (found[1] === "-" ? -1 : 1) * (whole * 1000 + Number(part.padEnd(3, "0")));
  }

  function sized(text, question) {
    const count = Array.from(text).length;
    return text !== "" && count <= question.most && count >= (question.least || 0) ? { text } : null;
  }

  const whole = (text) => (/^\+?\d+$/.test(plain(text)) ? Number(plain(text)) : null);

  // The answer that the fields of a question give; null is none. What the server would refuse is none either.
  function answer(question, given) {
    const all = (name) => given.get(name) || [];
    const values = all(question.key);
    const one = values.length === 1 ? values[0] : null;
    const words = question.other && all(question.key + ".other").length === 1 ? clean(all(question.key + ".other")[0]) : "";
    switch (question.kind) {
      case "score": {
        if (one === "na" && question.na) return { na: true };
        const x = one !== null && /^(0|-?[1-9]\d*)$/.test(one) ? Number(one) : null;
        return x !== null && x >= question.from && x <= question.last ? { number: x * 1000 } : null;
      }
      case "choice":
        if (one === "na" && question.na) return { na: true };
        if (question.choices.includes(one)) return { text: one, own: one === question.other ? words : "" };
        return !values.length && words ? { text: question.other, own: words } : null;
      case "choices": {
        const chosen = values.concat(words && !values.includes(question.other) ? [question.other] : []);
        const fits = chosen.every((key, n) => question.choices.includes(key) && chosen.indexOf(key) === n);
        if (!chosen.length || !fits) return null;
        const alone = chosen.some((key) => question.alone.includes(key));
        if (alone ? chosen.length > 1 : chosen.length < question.least || chosen.length > question.most) return null;
        return { keys: question.choices.filter((key) => chosen.includes(key)), own: words };
      }
      case "ranking": {
        const ranked = [];
        for (const key of question.choices) {
          const place = all(question.key + "." + key);
          if (!place.length) continue;
          const n = place.length === 1 ? whole(place[0]) : null;
          if (n === null || n < 1 || n > question.choices.length || ranked[n]) return null;
          ranked[n] = key;
        }
        const keys = ranked.filter(Boolean);
        return keys.length && keys.length >= question.least && keys.length <= question.most ? { keys } : null;
      }
      case "shares": {
        const shares = question.choices.map((key) => all(question.key + "." + key));
        const numbers = shares.map((share) => (share.length ? (share.length === 1 ? whole(share[0]) : null) : 0));
        const fits = shares.some((share) => share.length) && numbers.every((n) => n !== null);
        return fits && numbers.reduce((sum, n) => sum + n, 0) === question.total ? { given: true } : null;
      }
      case "number": {
        const x = one === null ? null : milli(one);
        const out = x === null || (question.min !== null && x < question.min) || (question.max !== null && x > question.max);
        return out || (question.step > 0 && (x - (question.min || 0)) % question.step !== 0) ? null : { number: x };
      }
      case "date": {
        const day = one === null ? "" : one.trim();
        const known = /^\d{4}-\d\d-\d\d$/.test(day) && new Date(day + "T00:00:00Z");
        if (!known || isNaN(known) || known.toISOString().slice(0, 10) !== day) return null;
        return (question.min && day < question.min) || (question.max && day > question.max) ? null : { date: day };
      }
      case "line":
        return one === null ? null : sized(clean(one).split(/\s+/).filter(Boolean).join(" "), question);
      case "text":
        return one === null ? null : sized(clean(one), question);
      case "contact": {
        const parts = question.ask.filter((part) => all(question.key + "." + part).length === 1);
        return parts.length && question.need.every((part) => parts.includes(part)) ? { given: true } : null;
      }
      case "consent":
        return one === "yes" ? { given: true } : null;
      default:
        return null;
    }
  }

  function compare(left, how, right) {
    const kind = ["number", "text", "date"].find((one) => left && right && one in left && one in right);
    if (!kind) return false;
    const [a, b] = [left[kind], right[kind]];
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
    const value = (term) => ("question" in term ? known.get(term.question) : term);
    switch (tree[0]) {
      case "truth": return tree[1];
      case "not": return !holds(tree[1], known);
      case "and": return tree[1].every((one) => holds(one, known));
      case "or": return tree[1].some((one) => holds(one, known));
      case "compare": return compare(value(tree[1]), tree[2], value(tree[3]));
      case "in": {
        const found = value(tree[1]);
        if (!found || found.na || found.keys || found.given) return false;
        return tree[3].some((one) => compare(found, "==", one)) === tree[2];
      }
      case "answered": return known.has(tree[1]);
      case "chosen": {
        const found = known.get(tree[1]);
        if (!found) return false;
        const keys = found.na ? ["na"] : found.keys || ("text" in found ? [found.text] : []);
        return tree[2].some((one) => keys.includes(one.text));
      }
      default: return false;
    }
  }

  // The pages that are shown, each with the keys of its questions. `fields` are pairs of name and value.
  function shown(flow, fields) {
    const given = new Map();
    for (const [name, text] of fields) {
      if (typeof text !== "string" || name.startsWith("_") || text.trim() === "") continue;
      given.set(name, (given.get(name) || []).concat([text]));
    }
    const known = new Map();
    const pages = [];
    let ended = false;
    let resume = 0;
    for (const page of flow.pages) {
      const open = page.show === null || holds(page.show, known);
      const questions = [];
      for (const question of page.questions) {
        if (!open || ended || question.place < resume) continue;
        if (question.show !== null && !holds(question.show, known)) continue;
        questions.push(question.key);
        const found = answer(question, given);
        if (found) known.set(question.key, found);
        ended = question.end.some((when) => holds(when, known));
        const skip = question.skip.find(([when]) => holds(when, known));
        if (skip) resume = skip[1];
      }
      if (questions.length) pages.push({ key: page.key, at: page.at, questions });
    }
    return { pages, known };
  }

  const place = (flow, key) => {
    const page = flow.pages.find((one) => one.key === key);
    return page ? page.at : Infinity;
  };

  // Where to go on, and back to; null is the end, where everything is sent.
  function after(flow, asked, key) {
    const next = asked.pages.find((page) => page.at > place(flow, key));
    return next ? next.key : null;
  }
  function before(flow, asked, key) {
    const back = asked.pages.filter((page) => page.at < place(flow, key)).pop() || asked.pages[0];
    return back ? back.key : null;
  }

  // An answer as a text repeats it; null where there is nothing to repeat.
  function said(flow, asked, key) {
    const found = asked.known.get(key);
    const names = flow.says[key] || {};
    const cut = (words) => (Array.from(words).length > 200 ? Array.from(words).slice(0, 200).join("") + "…" : words);
    const kinds = flow.pages.flatMap((page) => page.questions).find((one) => one.key === key);
    const named = (one) => (one === kinds.other && found.own ? cut(found.own) : names[one]);
    if (!found || found.na || found.given) return null;
    if (found.keys) return found.keys.map(named).join(flow.gap);
    if ("number" in found) return String(found.number / 1000);
    if ("date" in found) return found.date;
    return kinds.kind === "choice" ? named(found.text) : cut(found.text);
  }

  return { shown, after, before, said };
})();
