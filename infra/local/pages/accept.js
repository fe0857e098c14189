/** Shows an invitation and answers it, by the API that any client has. Only an answer changes anything. */

const token = location.pathname.split("/").at(-1);
const byId = (id) => document.getElementById(id);
const form = byId("answer");

async function call(method, path, { body, headers = {} } = {}) {
  const answer = await fetch(path, {
    method,
    headers: { ...(body && { "content-type": "application/json" }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => undefined);
  if (!answer) throw new Error("The local run doesn't answer. Is it still running?");
  const content = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new Error(content?.detail ?? content?.message ?? `It was answered ${answer.status}.`);
  return content;
}

function say(text, title) {
  byId("message").textContent = text;
  byId("problem").hidden = true;
  if (!title) return;
  byId("title").textContent = title;
  byId("title").focus();
}

function complain(error) {
  byId("problem").textContent = error.message;
  byId("problem").hidden = false;
}

function fact(name, ...value) {
  const [dt, dd] = ["dt", "dd"].map((tag) => document.createElement(tag));
  dt.textContent = name;
  dd.append(...value);
  byId("facts").append(dt, dd);
}

function until(expiresAt) {
  const time = document.createElement("time");
  time.dateTime = expiresAt;
  time.textContent = new Date(expiresAt).toLocaleString("en-GB", { dateStyle: "full", timeStyle: "long" });
  return time;
}

async function show() {
  const invitation = await call("GET", `/businesses/invitations/token/${token}`);
  const { businessName, role, inviterName, expiresAt, safeMessage } = invitation;
  byId("title").textContent = businessName;
  say(safeMessage);
  byId("facts").replaceChildren();
  fact("Your role", role);
  if (inviterName) fact("Invited by", inviterName);
  fact("Open until", until(expiresAt));
  byId("facts").hidden = false;
  form.hidden = safeMessage !== form.dataset.open;
}

/** Signs in at the run's own issuer, where anyone can be anyone. */
async function signIn() {
  const { value, dataset } = form.querySelector("[name=who]:checked");
  const email = value || byId("email").value.trim();
  if (!email) {
    byId("email").focus();
    throw new Error("Say who answers: write their email address.");
  }
  const claims = { email, ...(dataset.name && { name: dataset.name }) };
  const { token: bearer } = await call("POST", "/_local/token", { body: claims });
  return { authorization: `Bearer ${bearer}`, "idempotency-key": crypto.randomUUID() };
}

function names() {
  const given = ["firstName", "lastName"].map((id) => [id, byId(id).value.trim()]);
  return Object.fromEntries(given.filter(([, value]) => value));
}

async function showMembers(headers, businessId) {
  const members = await call("GET", "/businesses/me/users", {
    headers: { authorization: headers.authorization, "x-business-id": businessId },
  });
  const rows = members.map(({ name, userEmail, role }) => {
    const tr = document.createElement("tr");
    for (const text of [name, userEmail, role]) tr.insertCell().textContent = text ?? "";
    return tr;
  });
  byId("members").tBodies[0].replaceChildren(...rows);
  byId("members").hidden = false;
}

async function answer(how) {
  const headers = await signIn();
  if (how === "decline") {
    await call("POST", "/businesses/invitations/decline", { headers, body: { token } });
    form.hidden = true;
    byId("facts").hidden = true;
    return say("The invitation is declined. Nobody was added, and no license is held for you.", "Declined");
  }
  const member = await call("POST", "/businesses/invitations/accept", {
    headers,
    body: { token, ...names() },
  });
  form.hidden = true;
  byId("facts").hidden = true;
  say(`You are a member of ${member.business.name} now, as ${member.role}.`, "Welcome");
  await showMembers(headers, member.business.id);
}

form.addEventListener("change", () => {
  byId("other").hidden = form.elements.who.value !== "";
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  byId("problem").hidden = true;
  await answer(event.submitter?.value ?? "accept").catch(complain);
  for (const button of buttons) button.disabled = false;
});

byId("other").hidden = form.elements.who.value !== "";
show().catch((error) => {
  say("There is nothing to answer.");
  complain(error);
});
