/** Shows the API's own document, signed in as the first of the three people, so that trying it out just works. */

const dark = matchMedia("(prefers-color-scheme: dark)");
const shade = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", shade);
shade();

const olivia = { email: "olivia@example.com", name: "Olivia Owner" };
const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
  onComplete: async () => {
    const answer = await fetch("/_local/token", { method: "POST", body: JSON.stringify(olivia) });
    const { token } = await answer.json();
    ui.preauthorizeApiKey("bearer", token);
    document.getElementById("who").textContent = `Trying it out as ${olivia.name}`;
  },
});
