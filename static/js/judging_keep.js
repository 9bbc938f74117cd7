// While somebody is at work on an item its lease is renewed: every 45 seconds, if there was a sign of life since.
"use strict";
(() => {
  const root = document.querySelector("[data-keep]");
  if (!root) return;
  const EVERY = 45_000;
  let alive = true;

  for (const sign of ["pointermove", "pointerdown", "keydown", "input", "wheel"]) {
    document.addEventListener(sign, () => (alive = true), { passive: true, capture: true });
  }

  function shown() {
    return [...root.querySelectorAll("[name=lease_token]")].find((one) => !one.closest("[hidden]"));
  }

  async function keep() {
    const token = shown();
    if (!token || !alive || document.hidden) return;
    alive = false;
    const form = new FormData();
    form.set("csrfmiddlewaretoken", root.dataset.csrf || token.form.querySelector("[name=csrfmiddlewaretoken]").value);
    form.set("lease_token", token.value);
    form.set("assignment", token.form.querySelector("[name=assignment]").value);
    // A lost lease is no reason to interrupt anybody: an answer that comes later still counts while a slot is free.
    await fetch(root.dataset.keep, { method: "POST", body: form, credentials: "same-origin" }).catch(() => {});
  }

  setInterval(keep, EVERY);
})();
