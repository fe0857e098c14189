/** Copies, moves the clock, and keeps the list of requests fresh while somebody looks. */

const said = document.getElementById("said");
const now = document.getElementById("now");
let offset = Date.parse(now.dateTime) - Date.now();

function say(text) {
  said.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => {
    said.textContent = "";
  }, 2500);
}

function showTime() {
  now.textContent = `${new Date(Date.now() + offset).toISOString().replace("T", " ").slice(0, 19)} UTC`;
}

async function advance(by) {
  const answer = await fetch("/_local/clock", { method: "POST", body: JSON.stringify({ advance: by }) });
  const body = await answer.json();
  if (!answer.ok) return say(body.message);
  offset = Date.parse(body.now) - Date.now();
  showTime();
  say("It is later now");
}

document.addEventListener("click", async ({ target }) => {
  if (target.dataset?.advance) return advance(target.dataset.advance);
  if (!target.dataset?.copy) return;
  await navigator.clipboard.writeText(target.dataset.copy);
  say("Copied");
});

function cell(...children) {
  const td = document.createElement("td");
  td.append(...children);
  return td;
}

function row({ at, method, route, function: name, status, ms, start, units }) {
  const tr = document.createElement("tr");
  const verb = document.createElement("b");
  verb.textContent = method;
  const code = cell(status);
  code.className = `s${Math.floor(status / 100)}`;
  tr.append(
    cell(at.slice(11, 23)),
    cell(verb, " ", route),
    cell(name),
    code,
    cell(`${ms} ms`),
    cell(start),
    cell(units),
  );
  return tr;
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch("/_local/requests").catch(() => undefined);
  if (!answer?.ok) return;
  const last = await answer.json();
  document.getElementById("requests").replaceChildren(...last.map(row));
  document.getElementById("none").hidden = last.length > 0;
}

showTime();
setInterval(showTime, 1000);
setInterval(refresh, 2000);
