// The stage: the pair in sight, those behind it, those answered lately, and what stands there when none is left.
"use strict";
(() => {
  const PAST = 10;
  const HUNT_AFTER = 3_000;
  const LOOK_AGAIN_AFTER = 20_000;

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

    find(assignment) {
      return this.cards().find((card) => card.dataset.assignment === assignment);
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
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.hunt(), end ? LOOK_AGAIN_AFTER : HUNT_AFTER);
      if (end) return this.atTheEnd(end);
      this.place.setAttribute("aria-busy", "true");
      this.root.querySelector("[data-waiting]").hidden = false;
      return undefined;
    }

    // Told once; what comes free later takes its place.
    atTheEnd(end) {
      this.place.removeAttribute("aria-busy");
      this.root.querySelector("[data-waiting]").hidden = true;
      if (!end.hidden) return;
      end.hidden = false;
      end.focus();
    }

    // The answer that would have brought the next pair was sent by another tab, or was refused; or others hold what is left.
    async hunt() {
      if (this.current()) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.hunt(), this.place.querySelector("[data-end]") ? LOOK_AGAIN_AFTER : HUNT_AFTER);
      if (document.hidden || !this.idle()) return;
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
      this.put(parsed.querySelector("[data-end]"));
      if (!this.current()) this.arrived();
    }

    // The same news again changes nothing: whoever reads it, or stands on one of its links, is left alone.
    put(end) {
      const old = this.place.querySelector("[data-end]");
      if (end && old?.textContent === end.textContent) return;
      old?.remove();
      if (!end) return;
      end.hidden = true;
      this.place.append(end);
    }

    // Answered: what is said of it from now on changes that answer, however it comes back.
    leave(card) {
      card.setAttribute("data-answered", "");
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
      card.hidden = true;
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
