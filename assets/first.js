// Runs before anything is painted: with scripts the style sheet shows one step at a time. Should the script
// that turns the pages not come, the survey is one long page again.
"use strict";

(function () {
  var root = document.documentElement;
  root.className += " paged";
  addEventListener("error", function (event) {
    if (event.target && event.target.tagName === "SCRIPT") root.className = root.className.replace(/ ?\bpaged\b/, "");
  }, true);
})();
