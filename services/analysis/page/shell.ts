import { type Markup, markup } from './markup.ts'

/** A page that needs nothing but itself: no script, no address, and a policy that lets it load none. Light or dark as the reader has it. */
export function page(title: string, content: Markup): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.markup
}

/** A table with a caption; the first cell of each row is its head.. */
export function pageTable(caption: string, heads: readonly string[], rows: readonly (readonly (string | Markup)[])[]) {
  const head = heads.map((text) => markup`<th scope="col">${text}</th>`)
  const body = rows.map(([first = '', ...others]) => {
    const cells = others.map((cell) => markup`<td>${cell}</td>`)
    return markup`<tr><th scope="row">${first}</th>${cells}</tr>\n`
  })
  return markup`<div class="scroll"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --rule: #d0d7de; --bar: #0969da;
  --bound: #bc4c00; --plus: #0969da; --minus: #bc4c00; --gone: #ffebe9; --gone-ink: #82071e; --new: #dafbe1; --new-ink: #0a4d1f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --paper: #0d1117; --rule: #3d444d;
  --bar: #4493f8; --bound: #f0883e; --plus: #4493f8; --minus: #f0883e; --gone: #4b1113; --gone-ink: #ffdcd7; --new: #0f3d1e;
  --new-ink: #c8f5d2; } }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 68rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
code, .text { font-family: ui-monospace, monospace; font-size: .9em; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--rule); padding: .25rem .75rem; margin: .5rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--rule); text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
th[scope=row], th:first-child { text-align: left; font-weight: 500; }
figure { margin: .5rem 0; } figcaption, .soft { color: var(--soft); }
svg { max-width: 100%; height: auto; } svg text { fill: var(--ink); font: 11px system-ui, sans-serif; }
.bar { fill: var(--bar); } .axis, .whisker { stroke: var(--soft); } .box { fill: var(--bar); fill-opacity: .25; stroke: var(--bar); }
.median { stroke: var(--ink); stroke-width: 2; } .bound { stroke: var(--bound); stroke-width: 1.5; stroke-dasharray: 5 3; }
svg .bound-label { fill: var(--bound); } .plus { fill: var(--plus); } .minus { fill: var(--minus); }
del { background: var(--gone); color: var(--gone-ink); } ins { background: var(--new); color: var(--new-ink); text-decoration: none; }
`
