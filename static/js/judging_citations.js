// A citation opens the passage it names and comes back; V goes from one to the next and then closes the passages.
"use strict";
(() => {
  const card = () => document.querySelector("[data-card]:not([hidden])");
  let at = -1;
  let of = null;

  function open(link) {
    const passage = document.getElementById(link.hash.slice(1));
    if (!passage) return;
    for (const other of document.querySelectorAll(".cite--now, .passage--meant")) other.classList.remove("cite--now", "passage--meant");
    link.classList.add("cite--now");
    passage.classList.add("passage--meant");
    window.WinnowReveal(passage);
    passage.focus({ preventScroll: true });
    passage.scrollIntoView({ block: "nearest" });
  }

  function onKey(event) {
    if (window.WinnowKeys.actOf(event) !== "evidence") return;
    if (of !== card()) { of = card(); at = -1; }
    const links = [...(of?.querySelectorAll("[data-cite]") ?? [])];
    at += 1;
    if (at >= links.length) { at = -1; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    open(links[at]);
  }

  window.addEventListener("keydown", onKey, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-cite]");
    if (!link) return;
    event.preventDefault();
    open(link);
  });
})();
