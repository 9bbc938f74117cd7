// The stage: the pair in sight, those behind it, those answered lately, and what stands there when none is left.
"use strict";
(() => {
  const PAST = 10;
  const HUNT_AFTER = 3_000;

  class Stage {
    // `idle` says whether no answer of this tab is on its way, which would bring the next pair by itself; `arrived` shows one.
    constructor({ root, idle, arrived }) {
      Object.assign(this, { root, idle, arrived });
      this.place = root.querySelector("[data-stage]");
      this.past = [];
      this.timer = 0;
      window.addEventListener("pagehide", () => this.giveBack());
    }

    cards() {
      return [...this.place.querySelectorAll("[data-card]")];
    }

    current() {
      return this.cards().find((card) => !card.hidden);
    }

    behind() {
      return this.cards().filter((card) => card.hidden);
    }

    see(card) {
      for (const other of this.cards()) other.hidden = other !== card;
      this.place.removeAttribute("aria-busy");
      this.root.querySelector("[data-waiting]").hidden = true;
      clearTimeout(this.timer);
    }

    // Nothing behind: that was all, or the next one is still to come.
    rest() {
      const end = this.place.querySelector("[data-end]");
      for (const card of this.cards()) card.hidden = true;
      if (end) {
        end.hidden = false;
        return end.focus();
      }
      this.place.setAttribute("aria-busy", "true");
      this.root.querySelector("[data-waiting]").hidden = false;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.hunt(), HUNT_AFTER);
      return undefined;
    }

    // The answer that would have brought the next pair was sent by another tab, or was refused.
    async hunt() {
      if (this.current()) return;
      this.timer = setTimeout(() => this.hunt(), HUNT_AFTER);
      if (!this.idle()) return;
      const campaign = new URLSearchParams(location.search).get("campaign") ?? "";
      const have = this.past.map((card) => card.dataset.assignment).join(" ");
      const url = `${this.root.dataset.followingUrl}?${new URLSearchParams({ have, campaign })}`;
      const response = await fetch(url, { credentials: "same-origin" }).catch(() => null);
      if (response?.ok && response.headers.get("X-Winnow-Answer")) this.take(await response.text());
    }

    // What came from the server: a pair that is not here yet, or word that none is left.
    take(html) {
      const known = new Set([...this.cards(), ...this.past].map((card) => card.dataset.assignment));
      const parsed = new DOMParser().parseFromString(html, "text/html");
      for (const card of parsed.querySelectorAll("[data-card]")) {
        if (known.has(card.dataset.assignment)) continue;
        card.hidden = true;
        this.place.append(card);
      }
      const end = parsed.querySelector("[data-end]");
      this.place.querySelector("[data-end]")?.remove();
      if (end) {
        end.hidden = true;
        this.place.append(end);
      }
      if (!this.current()) this.arrived();
    }

    leave(card) {
      card.hidden = true;
      card.remove();
      this.past.push(card);
      while (this.past.length > PAST) this.past.shift();
    }

    // The last one answered comes back in front, or the one of this assignment; undefined where the page has it no more.
    comeBack(assignment) {
      const at = assignment ? this.past.findIndex((card) => card.dataset.assignment === assignment) : this.past.length - 1;
      if (at < 0) return undefined;
      const [card] = this.past.splice(at, 1);
      for (const end of this.root.querySelectorAll("[data-end], [data-round-end]")) end.hidden = true;
      this.place.prepend(card);
      return card;
    }

    clear() {
      this.giveBack();
      for (const card of this.cards()) card.remove();
    }

    // A pair fetched ahead and never looked at goes back to the others when the page is left.
    giveBack() {
      for (const card of this.behind()) {
        const form = new FormData();
        form.set("csrfmiddlewaretoken", this.root.dataset.csrf);
        form.set("assignment", card.dataset.assignment);
        form.set("lease_token", card.querySelector("[name=lease_token]").value);
        navigator.sendBeacon(this.root.dataset.release, form);
      }
    }
  }

  window.WinnowStage = Stage;
})();
