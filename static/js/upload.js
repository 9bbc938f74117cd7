// How far an upload is: bytes while the file travels, then the rows the server has taken. The page works without it.

const form = document.getElementById("upload");
const bar = document.getElementById("upload-progress");
const doing = bar.querySelector("[data-doing]");
const count = bar.querySelector("[data-count]");
const meter = bar.querySelector("progress");
let timer = 0;

function say(text, share) {
  doing.textContent = text;
  if (share === undefined) meter.removeAttribute("value");
  else meter.value = share;
}

async function poll() {
  const answer = await fetch(form.dataset.progress, { headers: { Accept: "application/json" } });
  if (!answer.ok || !timer) return;
  const { rows } = await answer.json();
  if (rows) count.textContent = `${rows.toLocaleString(document.documentElement.lang)} ${form.dataset.rows}`;
}

function stop() {
  clearInterval(timer);
  timer = 0;
  bar.hidden = true;
}

document.getElementById("file").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  target.setCustomValidity(file && file.size > Number(form.dataset.largest) ? form.dataset.tooLarge : "");
  target.reportValidity();
  document.getElementById("outcome").replaceChildren();
});

form.addEventListener("htmx:beforeSend", (event) => {
  const taking = event.detail.requestConfig.parameters.get("step") === "take";
  form.dataset.step = taking ? "take" : "preview";
  count.textContent = "";
  bar.hidden = false;
  say(form.dataset.sending, 0);
  if (taking) timer = setInterval(poll, 1000);
});

form.addEventListener("htmx:xhr:progress", ({ detail }) => {
  if (!detail.lengthComputable || bar.hidden) return;
  if (detail.loaded < detail.total) say(form.dataset.sending, detail.loaded / detail.total);
  else say(form.dataset.step === "take" ? form.dataset.storing : form.dataset.looking);
});

form.addEventListener("htmx:afterRequest", stop);
