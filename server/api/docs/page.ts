// The reference as a page: everything on it is written out of the OpenAPI description, and nothing is loaded from elsewhere.
import { type Content, html, type Markup, sanitised } from '../../lib/markup.ts'
import { curl, resolved } from './example.ts'
import { fieldRows, type Row } from './fields.ts'
import type { OpenApi, Operation } from './openapi.ts'
import { nameOfRef, type Schema } from './schema.ts'
import { FILTER, STYLE } from './style.ts'

interface Call {
  path: string
  method: string
  operation: Operation
}

interface Part {
  title: string
  lead: Content
  /** Resource → its calls. */
  groups: Map<string, Call[]>
}

export function referencePage(api: OpenApi): string {
  const calls = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const parts = partsOf(calls)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API reference – Deskhand ${api.info.version}</title>
<link rel="icon" href="data:,">
<style>${sanitised(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<nav class="side" aria-label="Calls">
<p class="brand"><a href="#main">Deskhand <span>API reference</span></a></p>
<label class="unseen" for="filter">Filter calls</label>
<input id="filter" type="search" placeholder="Filter calls" autocomplete="off" hidden>
<p class="unseen" role="status" id="found"></p>
${parts.map(sideOf)}
<h2><a href="#objects">Objects</a></h2>
</nav>
<main id="main" tabindex="-1">
${intro(api)}
${parts.map((part) => section(api, part))}
${objects(api)}
</main>
<script>${sanitised(FILTER)}</script>
</body>
</html>
`.toString()
}

function partsOf(calls: readonly Call[]): Part[] {
  const isOf =
    (prefix: string) =>
    ({ operation }: Call): boolean =>
      operation.operationId.startsWith(prefix)
  const [isV1, isVisitors] = [isOf('v1_'), isOf('widget_')]
  const byResource = (some: readonly Call[]): Map<string, Call[]> =>
    new Map([...Map.groupBy(some, ({ operation }) => operation.tags[0] ?? '')].sort(([a], [b]) => (a < b ? -1 : 1)))
  return [
    {
      title: 'API v3',
      lead: html`<p>Plain JSON, everything that Deskhand can do. A body or query field that a call does not know is
refused by name. Dates are ISO 8601 in UTC. Success is 200.</p>`,
      groups: byResource(calls.filter((call) => !isV1(call) && !isVisitors(call))),
    },
    {
      title: 'Visitors',
      lead: html`<p>What visitors of web sites call: from the pages of any site (CORS), without cookies or keys. A browser
makes a visitor once with <a href="#widget_post_visitors"><code>POST /api/widget/visitors</code></a>, keeps his token, and
sends it as <code>Authorization: Bearer</code>; it opens his own chats and nothing else. Answers and refusals look as on API v3.
The examples expect the token in the variable <code>VISITOR</code>.</p>`,
      groups: byResource(calls.filter(isVisitors)),
    },
    {
      title: 'API v1',
      lead: html`<p>Answers as LiveAgent's API v1 does, for programs written for it. Parameters may stand in the query,
or in a form or JSON body. Every value in an answer is a text or null. Write <code>.xml</code> or <code>.yaml</code>
after the address for these formats. Times are in the account's time zone.</p>`,
      groups: byResource(calls.filter(isV1)),
    },
  ]
}

const resourceName = (tag: string): string => tag.replace(/^(v1|widget) /, '')
const groupId = (tag: string): string => `group-${tag.replace(' ', '-')}`

const sideOf = ({ title, groups }: Part): Markup => html`<h2><a href="#${slug(title)}">${title}</a></h2>
<ul>${[...groups].map(
  ([tag, calls]) => html`<li><a class="group" href="#${groupId(tag)}">${resourceName(tag)}</a>
<ul>${calls.map(
    ({ path, method, operation }) =>
      html`<li data-call="${`${method} ${path} ${operation.summary}`.toLowerCase()}"><a href="#${operation.operationId}">${badge(method)}<span>${breakable(shortPath(path))}</span></a></li>`,
  )}</ul></li>`,
)}</ul>`

const slug = (title: string): string => title.toLowerCase().replaceAll(' ', '-')
const shortPath = (path: string): string => path.replace(/^\/api(\/(v3|widget))?/, '')
/** Long addresses break before a slash, not in the middle of a name. */
const breakable = (path: string): Content =>
  path.split('/').map((part, index) => (index === 0 ? part : html`<wbr>/${part}`))
const badge = (method: string): Markup => html`<b class="method ${method}">${method.toUpperCase()}</b>`

const intro = (api: OpenApi): Markup => html`<h1>API reference</h1>
<p class="lead">${api.info.description}</p>
<p>The same as a machine reads it: <a href="/api/v3/openapi.json">openapi.json</a> (OpenAPI ${api.openapi}).</p>
<h2 id="keys">Who asks</h2>
<p>Programs send an API key in the header <code>apikey</code>; API v1 takes it as the parameter <code>apikey</code> too.
Owners and administrators create keys, and see each of them once. A key may be limited to reading. Browsers of agents
sign in with <a href="#post_session"><code>POST /api/v3/session</code></a> and carry a cookie; what comes from the pages
of another site changes nothing. The examples below expect the key in a variable:</p>
<pre tabindex="0"><code>export DESKHAND_KEY='…'
curl '${api.servers[0]?.url ?? ''}/api/v3/tags' -H "apikey: $DESKHAND_KEY"</code></pre>
<h2 id="refusals">When a call is refused</h2>
<p>API v3 answers <code>{"error": {"code", "message", "field"}}</code> with the HTTP status:</p>
<table><thead><tr><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead><tbody>
${Object.entries(statuses).map(([status, meaning]) => html`<tr><th scope="row">${status}</th><td>${meaning}</td></tr>`)}
</tbody></table>
<p>API v1 answers <code>{"response": {"status": "ERROR", "statuscode", "errormessage", "debugmessage"}}</code>: 400 without
a key, 401 with a wrong one, 404 for what does not exist, 500 for a parameter that is missing or wrong, with its name.</p>`

const statuses: Record<string, string> = {
  '400': 'A field is missing or wrong; field names it.',
  '401': 'No valid key or token, and nobody is signed in.',
  '403': 'The key or agent may not do this.',
  '404': 'There is no such thing, or it is not for the asker to see.',
  '409': 'It clashes with what is stored.',
  '429': 'Too many requests; the header Retry-After says for how many seconds to wait.',
  '503': 'Not now: starting, stopping, or the database is away. Nothing was stored.',
}

const section = (api: OpenApi, { title, lead, groups }: Part): Markup => html`<section aria-labelledby="${slug(title)}">
<h2 class="part" id="${slug(title)}">${title}</h2>
${lead}
${[...groups].map(
  ([tag, calls]) => html`<h3 id="${groupId(tag)}">${resourceName(tag)}</h3>
${calls.map((call) => details(api, call))}`,
)}
</section>`

const details = (
  api: OpenApi,
  { path, method, operation }: Call,
): Markup => html`<details id="${operation.operationId}">
<summary>${badge(method)} <code>${path}</code> <span>${inline(operation.summary)}</span></summary>
<div>
${table('Parameters', parameterRows(api, operation))}
${table('Body', fieldRows(api, laidOpen(api, bodyOf(operation))))}
${answer(api, operation)}
<h4>Example</h4>
<pre tabindex="0"><code>${curl(api, path, method, operation)}</code></pre>
</div>
</details>`

const bodyOf = ({ requestBody }: Operation): Schema | undefined => Object.values(requestBody?.content ?? {})[0]?.schema

/** A body is what the reader is about to write: its fields are wanted here. */
const laidOpen = (api: OpenApi, schema: Schema | undefined): Schema | undefined => schema && resolved(api, schema)

/** Answers with a name are the same for many calls: they stand once, under Objects. */
function answer(api: OpenApi, { responses }: Operation): Content {
  const schema = responses['200']?.content['application/json']?.schema
  if (schema?.$ref === undefined) return table('Answer', fieldRows(api, schema))
  const name = nameOfRef(schema.$ref)
  return html`<h4>Answer</h4><p><a href="#object-${name}">${name}</a></p>`
}

const parameterRows = (api: OpenApi, { parameters }: Operation): Row[] =>
  fieldRows(api, {
    type: 'object',
    properties: Object.fromEntries(
      parameters.map(({ name, schema, description }) => [name, { ...schema, ...(description && { description }) }]),
    ),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  })

function table(title: string, rows: readonly Row[]): Content {
  if (rows.length === 0) return null
  return html`<h4>${title}</h4>
<table><thead class="unseen"><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>
${rows.map(
  (row) => html`<tr><th scope="row"><code>${row.name}</code>${row.isRequired && html` <em>required</em>`}</th>
<td class="type">${typeOf(row)}</td><td>${inline(row.description)}</td></tr>`,
)}
</tbody></table>`
}

const typeOf = ({ type, object }: Row): Content =>
  object === undefined ? type : html`<a href="#object-${object}">${object}</a>${type}`

/** The descriptions know one piece of Markdown: code between backticks. */
const inline = (text: string): Content =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))

const objects = (api: OpenApi): Markup => html`<section aria-labelledby="objects">
<h2 class="part" id="objects">Objects</h2>
<p>What the calls of API v3 and of visitors take and answer by name.</p>
${Object.entries(api.components.schemas)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(
    ([name, schema]) => html`<details id="object-${name}">
<summary><code>${name}</code></summary>
<div>${table('Fields', fieldRows(api, schema))}</div>
</details>`,
  )}
</section>`
