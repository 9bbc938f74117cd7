// Looking closer at a pair: the differences, both answers scrolled together, lists and passages opened and closed.
"use strict";
(() => {
  class Look {
    constructor({ place, current }) {
      this.current = current;
      place.addEventListener("scroll", (event) => this.follow(event.target), { capture: true, passive: true });
    }

    async diff() {
      const card = this.current();
      if (!card) return;
      const on = card.toggleAttribute("data-diff");
      card.querySelector("[data-act=diff]").setAttribute("aria-pressed", String(on));
      if (!on || card.querySelector("[data-diff-side]")) return;
      const response = await fetch(card.dataset.diffUrl, { credentials: "same-origin" });
      if (!response.ok) return;
      const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const side of ["left", "right"]) {
        card.querySelector(`[data-side=${side}] .answer__body`).after(parsed.querySelector(`[data-diff-side=${side}]`));
      }
    }

    sync() {
      const card = this.current();
      const on = card?.toggleAttribute("data-synchronised");
      card?.querySelector("[data-act=sync]").setAttribute("aria-pressed", String(on));
    }

    follow(scrolled) {
      const card = this.current();
      if (!card?.hasAttribute("data-synchronised") || !scrolled.matches?.("[data-side]")) return;
      const share = scrolled.scrollTop / Math.max(1, scrolled.scrollHeight - scrolled.clientHeight);
      for (const side of card.querySelectorAll("[data-side]")) {
        if (side !== scrolled) side.scrollTop = share * (side.scrollHeight - side.clientHeight);
      }
    }

    closeMenus() {
      const open = [...(this.current()?.querySelectorAll(".aside-menu[open]") ?? [])];
      for (const menu of open) menu.open = false;
      if (open.length) this.current().focus({ preventScroll: true });
      return open.length > 0;
    }

    toggle(selector) {
      const parts = [...(this.current()?.querySelectorAll(selector) ?? [])];
      const open = !parts.some((one) => one.open);
      this.closeMenus();
      for (const one of parts) one.open = open;
      const first = open && parts[0]?.querySelector(".aside-menu__list button");
      if (first) first.focus();
    }
  }

  window.WinnowLook = Look;
})();
