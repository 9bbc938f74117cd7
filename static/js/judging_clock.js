// Active time on one pair: runs while the page is visible and somebody did something in the last 30 seconds.
"use strict";
(() => {
  const IDLE_AFTER = 30_000;

  class ActiveClock {
    constructor(now = () => performance.now()) {
      this.now = now;
      this.total = 0;
      this.lastSign = now();
      this.running = true;
    }

    // The time since the last sign of life counts, up to the idle limit.
    sign() {
      const at = this.now();
      if (this.running) this.total += Math.min(at - this.lastSign, IDLE_AFTER);
      this.lastSign = at;
    }

    pause() {
      this.sign();
      this.running = false;
    }

    resume() {
      this.lastSign = this.now();
      this.running = true;
    }

    milliseconds() {
      this.sign();
      return Math.round(this.total);
    }

    restart() {
      this.total = 0;
      this.resume();
    }
  }

  window.WinnowActiveClock = ActiveClock;
})();
