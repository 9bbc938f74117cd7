// The time at work on one practice item travels with its answer; without this file the answer counts all the same.
"use strict";
(() => {
  const form = document.querySelector("[data-practice]");
  if (!form) return;
  const clock = new window.WinnowActiveClock();
  for (const sign of ["keydown", "pointermove", "pointerdown", "wheel", "scroll"]) {
    document.addEventListener(sign, () => clock.sign(), { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? clock.pause() : clock.resume()));
  form.addEventListener("submit", () => { form.elements.active_ms.value = clock.milliseconds(); });
})();
