// Which act a key press means: the person's own keys, bare or with Alt, and never while something is being written.
"use strict";
(() => {
  const { mode, ...places } = JSON.parse(document.getElementById("winnow-keys")?.textContent ?? '{"mode":"off","keys":{}}');
  const TEXT = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";

  // With Alt held some layouts give another character, so the place of the key on the board decides too.
  const typed = (event, keys) => {
    const place = /^(?:Key|Digit)(.)$/.exec(event.code ?? "");
    const key = event.key.length === 1 ? event.key.toLowerCase() : "";
    return mode === "alt" && !Object.hasOwn(keys, key) && place ? place[1].toLowerCase() : key;
  };

  window.WinnowKeys = {
    writing: (target) => Boolean(target?.closest?.(TEXT)),

    // The act of a key press; while words are marked other keys hold (`marking`) than on the page (`keys`).
    actOf(event, place = "keys") {
      const keys = places[place];
      if (mode === "off" || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey) return "";
      if (event.altKey !== (mode === "alt")) return "";
      if (mode === "plain" && this.writing(event.target)) return "";
      if (document.querySelector("dialog[open]")) return "";
      const key = typed(event, keys);
      return Object.hasOwn(keys, key) ? keys[key] : "";
    },
  };

  // Pages with one form press what bears the act's name.
  if (!document.querySelector("[data-press-keys]")) return;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && window.WinnowKeys.writing(event.target) && !event.target.closest("dialog")) event.target.blur();
    const act = event.repeat ? "" : window.WinnowKeys.actOf(event);
    const element = act && document.querySelector(`[data-press="${CSS.escape(act)}"]`);
    if (!element || element.disabled) return undefined;
    event.preventDefault();
    if (window.WinnowKeys.writing(element)) return element.focus();
    element.click();
    const menu = element.closest(".aside-menu[open]");
    if (menu) menu.querySelector("button").focus(); // before the next key comes
    return undefined;
  });
})();
