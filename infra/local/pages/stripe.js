/** Presses the buttons of the Stripe page, and keeps it fresh while somebody looks. */

const said = document.getElementById("said");

function say(text) {
  said.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => {
    said.textContent = "";
  }, 5000);
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => undefined);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
  const shown = document.getElementById("live");
  if (shown.innerHTML !== fresh.innerHTML && !shown.contains(document.activeElement))
    shown.replaceWith(document.adoptNode(fresh));
}

document.addEventListener("click", async ({ target }) => {
  const { post, body } = target.dataset ?? {};
  if (!post) return;
  target.blur();
  const answer = await fetch(post, { method: "POST", body });
  say(answer.ok ? "Done" : (await answer.json()).message);
  await refresh();
});

setInterval(refresh, 2000);
