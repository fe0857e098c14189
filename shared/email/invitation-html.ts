import type { Sentence, Words } from "./invitation-words.ts";

/**
 * The HTML part, as mail clients want it: tables for layout and inline styles, since many know nothing else. Written
 * by hand: for one email a template library would only add its own build and its weight to the bundle.
 */
export function invitationHtml({ heading, ask, ends, accept, link, ignore, personal }: Words): string {
  const href = escapeHtml(link);
  const paragraph = (content: string, className = "text", style = text) =>
    content && `<p class="${className}" style="${style}">${content}</p>`;
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>${escapeHtml(accept)}</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #0f172a !important; }
  .card { background: #1e293b !important; border-color: #334155 !important; }
  .heading, .text { color: #f1f5f9 !important; }
  .small { color: #94a3b8 !important; }
  .link { color: #93c5fd !important; }
}
@media (max-width: 480px) {
  .card { padding: 28px 20px !important; }
  .button { width: 100% !important; }
  .button a { display: block !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f1f5f9">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escapeHtml(ends)}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f1f5f9">
<tr><td align="center" style="padding:32px 12px">
<!--[if mso]><table role="presentation" width="560" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px">
<tr><td class="card" style="background:#ffffff;border:1px solid #e2e8f0;border-radius:12px;padding:36px 40px;text-align:left">
<h1 class="heading" style="${font};margin:0 0 16px;font-size:22px;line-height:30px;font-weight:600;color:#0f172a;word-break:break-word">${sentence(heading)}</h1>
${paragraph(ask)}
${paragraph(escapeHtml(ends))}
<table role="presentation" class="button" cellpadding="0" cellspacing="0" border="0" style="margin:24px 0">
<tr><td bgcolor="#1d4ed8" align="center" style="border-radius:8px;background:#1d4ed8;mso-padding-alt:14px 28px">
<a href="${href}" style="${font};display:inline-block;padding:14px 28px;font-size:16px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none">${escapeHtml(accept)}</a>
</td></tr>
</table>
${paragraph("Or copy this address into your browser:", "small", small)}
${paragraph(`<a class="link" href="${href}" style="color:#1d4ed8;word-break:break-all">${href}</a>`, "small", small)}
${paragraph(`${escapeHtml(personal)} ${escapeHtml(ignore)}`, "small", `${small};margin:24px 0 0`)}
</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>
`;
}

const font = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const text = `${font};margin:0 0 12px;font-size:16px;line-height:24px;color:#0f172a`;
const small = `${font};margin:0 0 4px;font-size:13px;line-height:20px;color:#64748b`;

/** Names may be written from the right: each keeps its own direction. */
const sentence = (parts: Sentence): string =>
  parts
    .map((part) => (typeof part === "string" ? escapeHtml(part) : `<bdi>${escapeHtml(part.name)}</bdi>`))
    .join("");

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (plain: string): string =>
  plain.replace(/[&<>"']/g, (character) => entities[character] ?? "");
