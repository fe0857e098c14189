/** The reference of the API, by Swagger UI from node_modules, of the document that the run itself serves. */
import { html } from "./html.ts";

export function docs(): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tenantry API</title>
<link rel="stylesheet" href="/_pages/swagger-ui.css">
<link rel="stylesheet" href="/_pages/docs.css">
<link rel="icon" href="data:,">
<script src="/_pages/swagger-ui-bundle.js" defer></script>
<script src="/_pages/docs.js" defer></script>
</head>
<body>
<nav><a href="/">Tenantry on this machine</a> <span id="who"></span></nav>
<div id="reference"></div>
</body>
</html>
`;
  return page.text;
}
