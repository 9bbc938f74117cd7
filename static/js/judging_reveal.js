// Opens whatever is folded around a place in the page: turns in the middle, the rest of a long text, lists of passages.
"use strict";
(() => {
  window.WinnowReveal = (place) => {
    for (let fold = place?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const rest = place?.closest(".long")?.querySelector(".long__toggle");
    if (rest) rest.checked = true;
  };

  const addressed = () => window.WinnowReveal(document.getElementById(location.hash.slice(1)));
  window.addEventListener("hashchange", addressed);
  addressed();
})();
