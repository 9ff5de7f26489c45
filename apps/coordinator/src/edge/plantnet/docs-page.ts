/** /v2/docs: the OpenAPI document for people. One page of HTML without a script, and nothing from elsewhere. */
import { createHash } from 'node:crypto'
import { type OpenApiDocument, type Operation, openApiDocument } from './openapi.ts'

export function docsPage(version: string): Response {
  const policy = `default-src 'none'; style-src '${hashOf(STYLE)}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`
  return new Response(pageOf(openApiDocument(version, '')), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-cache',
    },
  })
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

/** What stands between backticks is code. */
function words(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

function pageOf({ info, paths, components }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationOf(method, path, operation)),
  )
  const schemas = Object.entries(components.schemas).map(([name, schema]) => schemaOf(name, schema))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(info.title)}: the API</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Names for other programs</h1>
<p>${words(info.description)}</p>
<p>Every call but <code>/v2/_status</code> has the key in its address, as <code>api-key</code>. The same for programs:
<a href="/v2/openapi.json">openapi.json</a>.</p>
<pre tabindex="0">curl -F images=@leaf.jpg -F organs=leaf '<span>SITE</span>/v2/identify/all?api-key=KEY'</pre>
${operations.join('\n')}
<h2>Forms</h2>
${schemas.join('\n')}
<p class="quiet">Version ${escaped(info.version)}</p>
</main>
</body>
</html>
`
}

function operationOf(
  method: string,
  path: string,
  { summary, description, parameters = [], responses }: Operation,
) {
  const rows = parameters.map(
    ({ name, in: where, description, schema }) =>
      `<tr><th scope="row"><code>${escaped(name)}</code></th><td>${words(description)}${defaultOf(schema, where)}</td></tr>`,
  )
  const answers = Object.entries(responses).map(
    ([status, { description }]) => `<tr><th scope="row">${status}</th><td>${words(description)}</td></tr>`,
  )
  return `<section>
<h2>${escaped(summary)}</h2>
<p><code>${method.toUpperCase()} ${escaped(path)}</code></p>
${description === undefined ? '' : `<p>${words(description)}</p>`}
${tableOf('Options', rows)}
${tableOf('Answers', answers)}
</section>`
}

function tableOf(caption: string, rows: readonly string[]): string {
  return rows.length === 0 ? '' : `<table><caption>${caption}</caption>${rows.join('')}</table>`
}

function defaultOf({ default: usual }: { [keyword: string]: unknown }, where: string): string {
  return where === 'path' || usual === undefined ? '' : ` Usually <code>${escaped(String(usual))}</code>.`
}

function schemaOf(name: string, schema: object): string {
  const text = JSON.stringify(schema, null, 2)
  return `<details><summary>${escaped(name)}</summary><pre tabindex="0">${escaped(text)}</pre></details>`
}

const STYLE = `
:root { color-scheme: light dark; --paper: #fbfaf5; --ink: #23261f; --quiet: #5c6156; --line: #d9d8cc; --leaf: #2f6b3a }
@media (prefers-color-scheme: dark) {
  :root { --paper: #171a16; --ink: #e7e8df; --quiet: #a5aa9c; --line: #3a3f37; --leaf: #8fc99a }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font: 2rem/1.2 Georgia, serif }
h2 { font: 1.35rem/1.3 Georgia, serif; margin: 2.5rem 0 .5rem }
a, summary { color: var(--leaf) }
code, pre { font: .9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
pre { overflow: auto; border: 1px solid var(--line); padding: .75rem }
table { width: 100%; border-collapse: collapse; margin: 1rem 0 }
caption { text-align: start; color: var(--quiet) }
th, td { text-align: start; vertical-align: top; padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line) }
th { font-weight: normal; width: 11rem }
summary { cursor: pointer; padding: .35rem 0 }
.quiet { color: var(--quiet) }
@media (max-width: 30rem) { th { width: 7.5rem } }
`
