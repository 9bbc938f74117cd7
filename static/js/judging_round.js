// How far this time: the number beside the bar, and the page that ends a round.
"use strict";
(() => {
  class Round {
    constructor(root) {
      this.root = root;
      this.size = Number(root.dataset.round) || 0;
      this.end = root.querySelector("[data-round-end]");
      this.started = Date.now();
      this.done = 0;
    }

    count(by) {
      const progress = this.root.querySelector("[data-progress]");
      this.done += by;
      progress.value = Math.max(0, progress.value + by);
      this.root.querySelector("[data-done]").textContent = String(this.done);
    }

    // Whether the answer that is given now ends it: what is behind then goes back unseen.
    get last() {
      return this.size > 0 && this.done + 1 >= this.size;
    }

    get over() {
      return this.size > 0 && this.done >= this.size;
    }

    finish() {
      const seconds = Math.round((Date.now() - this.started) / 1000);
      const minutes = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      this.end.querySelector("[data-round-time]").textContent = minutes;
      this.end.querySelector("[data-round-done]").textContent = String(this.done);
      this.end.hidden = false;
      this.end.focus();
    }
  }

  window.WinnowRound = Round;
})();
