/** Shows new mails, and how far they get, while somebody looks at the list. */

async function refresh() {
  if (document.hidden || document.activeElement?.closest("form")) return;
  const answer = await fetch(location.href).catch(() => undefined);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["mails", "count"]) {
    const shown = document.getElementById(id);
    const next = fresh.getElementById(id);
    if (shown.innerHTML === next.innerHTML || shown.contains(document.activeElement)) continue;
    shown.replaceWith(document.adoptNode(next));
  }
}

setInterval(refresh, 2000);
