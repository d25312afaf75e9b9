// Comfort on a bad network. Every page works without this file.
// A form is sent by fetch so that a failed network keeps what was typed, and a form cannot be sent twice.

const SEND_LIMIT_MS = 60000;
let dirty = false;
let timer = 0;

const text = (name) => document.body.dataset[name] ?? "";
const keyOf = (form) => `kept:${location.pathname}#${form.id || form.getAttribute("action")}`;

function tell(part, words, tone) {
  const said = part.querySelector(":scope > .told");
  if (said?.textContent === words) return;
  said?.remove();
  const box = document.createElement("div");
  box.className = `msg told ${tone}`;
  box.setAttribute("role", tone === "bad" ? "alert" : "status");
  const line = document.createElement("span");
  line.textContent = words;
  box.append(line);
  part.prepend(box);
  if (part.matches("form")) box.scrollIntoView({ block: "center" });
}

// The hidden document id is kept too: if only the answer was lost, sending again changes nothing.
const isKept = (one) => one.name && one.name !== "_csrf_token" && !["password", "file"].includes(one.type);
const isChoice = (one) => ["radio", "checkbox"].includes(one.type);

// Storage can be full or forbidden; the values are still on the page then.
function keep(form) {
  const pairs = [...form.elements]
    .filter((one) => isKept(one) && (one.checked || !isChoice(one)))
    .map((one) => [one.name, one.value]);
  try { localStorage.setItem(keyOf(form), JSON.stringify(pairs)); } catch { /* see above */ }
}

function forget(key) {
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
}

function bringBack(form) {
  let pairs;
  try { pairs = JSON.parse(localStorage.getItem(keyOf(form)) ?? "null"); } catch { return; }
  if (!pairs || form.querySelector("[aria-invalid], .msg.bad")) return;
  const left = [...pairs];
  for (const one of form.elements) {
    if (!isKept(one)) continue;
    const choice = isChoice(one);
    const at = left.findIndex(([name, value]) => name === one.name && (!choice || value === one.value));
    if (choice) one.checked = at >= 0;
    else if (at >= 0) one.value = left[at][1];
    if (at >= 0) left.splice(at, 1);
  }
  dirty = true;
  tell(form, text("kept"), "info");
}

function busy(form, on) {
  form.setAttribute("aria-busy", on);
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-busy", on);
}

async function send(form, button) {
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), SEND_LIMIT_MS);
  const key = keyOf(form);
  busy(form, true);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: form.enctype === "multipart/form-data" ? data : new URLSearchParams(data),
      headers: { accept: "text/html" },
      signal: stop.signal,
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    dirty = false;
    // Accepted or refused, the service has answered this form, and what was typed must not come back to a fresh
    // one. A session that ended or a server that failed gave it no answer: what was typed waits for the next try.
    const isAtLogin = form.id !== "login" && new URL(answer.url).pathname === "/login";
    if (isAtLogin || answer.status >= 500) keep(form);
    else forget(key);
    show(page, answer.url);
  } catch {
    keep(form);
    busy(form, false);
    tell(form, text("offline"), "bad");
  } finally {
    clearTimeout(limit);
  }
}

function show(page, url) {
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  history.pushState({}, "", url);
  document.body.replaceWith(page.body);
  start();
  const wrong = document.querySelector(".form > .msg.bad") ?? document.getElementById("main");
  wrong?.focus();
  if (wrong?.id === "main") scrollTo(0, 0);
}

function refresh() {
  clearTimeout(timer);
  const part = document.querySelector("[data-refresh-url]");
  if (!part) return;
  timer = setTimeout(async () => {
    try {
      const answer = await fetch(part.dataset.refreshUrl, { headers: { accept: "text/html", "x-fragment": "1" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      // What was being waited for is there, and the whole page says something else now.
      if (holder.content.querySelector("[data-over]") && !dirty) { location.reload(); return; }
      part.replaceWith(holder.content);
    } catch {
      tell(part, text("stale"), "warn");
    }
    refresh();
  }, 1000 * Number(part.dataset.refreshSeconds || 3));
}

function start() {
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
  for (const form of document.querySelectorAll("form.form[method=post]")) bringBack(form);
  refresh();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
document.addEventListener("input", (event) => {
  if (event.target.closest("form.form")) dirty = true;
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.action.endsWith("/logout")) {
    for (const key of Object.keys(localStorage)) if (key.startsWith("kept:")) forget(key);
  }
  if (form.method !== "post" || "native" in form.dataset) { dirty = false; return; }
  event.preventDefault();
  if (form.getAttribute("aria-busy") !== "true") send(form, event.submitter);
});
addEventListener("beforeunload", (event) => {
  if (dirty) { event.preventDefault(); event.returnValue = text("leave"); }
});
addEventListener("popstate", () => location.reload());
start();
