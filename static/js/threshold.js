// The slider and the number beside it say the same. Without this file the number wins where it is filled in.

const slider = document.querySelector("input[type=range][data-with]");
const exact = slider && document.getElementById(slider.dataset.with);
if (exact) {
  slider.addEventListener("input", () => { exact.value = slider.value; });
  exact.addEventListener("input", () => { if (exact.value && exact.validity.valid) slider.value = exact.value; });
}
