// Fixing one answer of a pair where it stands: the text, what the edit changes word by word, and the way back.
"use strict";
(() => {
  const DIFF_AFTER = 350;

  class Mend {
    // `keep(fields)` puts the fix on its way; `say(word)` speaks; `post` sends as the queue does.
    constructor({ keep, post, say }) {
      Object.assign(this, { keep, post, say });
      this.timer = 0;
    }

    async open(card, side) {
      const section = card.querySelector(`[data-side=${side}]`);
      const box = section.querySelector("[data-mend]");
      const text = box.querySelector("textarea");
      if (box.dataset.original === undefined) {
        const response = await fetch(`${card.dataset.textUrl}?side=${side}`, { credentials: "same-origin" });
        if (!response.ok || response.redirected) return this.say("fix_later");
        box.dataset.original = (await response.json()).text;
        text.value = box.dataset.original;
        this.listen(card, side, box, text);
      }
      this.toggle(section, true);
      text.focus();
      text.setSelectionRange(0, 0);
      return this.say("fixing");
    }

    toggle(section, on) {
      section.toggleAttribute("data-mending", on);
      section.querySelector("[data-mend]").hidden = !on;
    }

    close(card) {
      const open = card?.querySelector("[data-mending]");
      if (!open) return false;
      this.toggle(open, false);
      card.focus({ preventScroll: true });
      return true;
    }

    listen(card, side, box, text) {
      const save = box.querySelector("[data-mend-save]");
      const undo = box.querySelector("[data-mend-undo]");
      const diff = box.querySelector("[data-mend-diff]");
      const changed = () => text.value.trim() !== "" && text.value.trim() !== box.dataset.original.trim();
      const look = async () => {
        save.disabled = undo.disabled = !changed();
        if (!changed()) return diff.replaceChildren();
        const response = await this.post(card.dataset.textUrl, [["side", side], ["text", text.value]]).catch(() => null);
        if (!response?.ok || response.redirected) return undefined;
        const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
        return diff.replaceChildren(...parsed.querySelector(".diff").childNodes);
      };
      const done = () => {
        if (!changed()) return;
        this.keep(card, [["side", side], ["text", text.value]]);
        this.close(card);
        this.say("fixed");
      };
      text.addEventListener("input", (event) => {
        event.stopPropagation();
        save.disabled = undo.disabled = !changed();
        clearTimeout(this.timer);
        this.timer = setTimeout(look, DIFF_AFTER);
      });
      text.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          this.close(card);
        } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.stopPropagation();
          done();
        }
      });
      save.addEventListener("click", done);
      undo.addEventListener("click", () => {
        text.value = box.dataset.original;
        look();
        text.focus();
      });
      box.querySelector("[data-mend-close]").addEventListener("click", () => this.close(card));
    }
  }

  window.WinnowMend = Mend;
})();
