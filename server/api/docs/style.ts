// The looks of the reference, and the few lines that filter its list of calls.
import { hash } from 'node:crypto'

export const STYLE = `
:root {
  --text: #1d2433; --soft: #566074; --paper: #fff; --ground: #f4f5f8; --line: #d9dde6; --accent: #1f5fc4; --code: #eef0f5;
  --get: #1f5fc4; --post: #17683a; --put: #8a4b00; --patch: #8a4b00; --delete: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e4e7ee; --soft: #a4adbf; --paper: #1c212c; --ground: #12161e; --line: #343c4c; --accent: #8ab4ff; --code: #262c39;
    --get: #8ab4ff; --post: #7fd6a2; --put: #f2b865; --patch: #f2b865; --delete: #ff9d94;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { color-scheme: light dark; scroll-padding-top: 1rem; }
body { margin: 0; display: grid; grid-template-columns: 20rem minmax(0, 1fr); background: var(--ground); color: var(--text); font: 1rem/1.6 system-ui, sans-serif; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; z-index: 1; background: var(--paper); padding: .5rem 1rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.side { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem; background: var(--paper); border-right: 1px solid var(--line); font-size: .875rem; }
.side h2 { font-size: .8125rem; letter-spacing: .04em; text-transform: uppercase; margin: 1.5rem 0 .5rem; }
.side h2 a, .brand a { color: inherit; text-decoration: none; }
.side h2 a { color: var(--soft); }
.brand { font-size: 1.125rem; font-weight: 650; margin: 0 0 1rem; }
.brand span { color: var(--soft); font-weight: 400; }
.side ul { list-style: none; margin: 0; padding: 0; }
.side ul ul { margin: .125rem 0 .625rem; }
.side .group { font-weight: 600; color: inherit; text-decoration: none; }
.side li li a { display: flex; gap: .5rem; padding: .125rem 0; color: var(--soft); text-decoration: none; overflow-wrap: anywhere; line-height: 1.45; }
.side a:hover { color: var(--accent); text-decoration: underline; }
#filter { width: 100%; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 8px; padding: .4rem .7rem; }
main { max-width: 62rem; padding: 2rem 2.5rem 6rem; }
main:focus { outline: none; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .75rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
h2.part { font-size: 1.625rem; margin-top: 3.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.1875rem; margin: 2rem 0 .75rem; }
h4 { font-size: .8125rem; letter-spacing: .04em; text-transform: uppercase; color: var(--soft); margin: 1.25rem 0 .375rem; }
p { margin: .5rem 0; max-width: 46rem; }
.lead { font-size: 1.125rem; color: var(--soft); }
code, pre { font-family: ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; font-size: .875em; }
code { overflow-wrap: anywhere; }
p code, td code { background: var(--code); border-radius: 4px; padding: .1em .3em; }
pre { background: var(--code); border-radius: 8px; padding: .875rem 1rem; overflow-x: auto; line-height: 1.55; margin: .5rem 0; }
pre code { font-size: .8125rem; overflow-wrap: normal; }
details { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; margin: .5rem 0; }
details > div { padding: 0 1.125rem 1rem; border-top: 1px solid var(--line); }
summary { display: grid; grid-template-columns: 4.25rem minmax(0, 1fr); gap: 0 .5rem; padding: .625rem 1.125rem; cursor: pointer; list-style: none; border-radius: 10px; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--code); }
summary code { font-weight: 600; }
summary code:first-child { grid-column: 1 / -1; }
summary span { grid-column: 2; color: var(--soft); font-size: .9375rem; }
.method { font: 700 .6875rem/1.6 ui-monospace, Menlo, Consolas, monospace; align-self: start; padding-top: .25rem; }
.side .method { flex: 0 0 2.9rem; padding-top: .1rem; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); } .patch { color: var(--patch); } .delete { color: var(--delete); }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; font-weight: 400; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); }
thead th { font-weight: 600; border-top: 0; }
tbody th { width: 34%; }
.type { width: 22%; color: var(--soft); font-size: .875rem; overflow-wrap: anywhere; }
em { font-style: normal; font-size: .75rem; color: var(--delete); }
@media (max-width: 56rem) {
  body { display: block; }
  .side { position: static; height: auto; max-height: 50vh; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1.5rem 1.25rem 4rem; }
  tbody th, .type { width: auto; }
}
@media print { .side { display: none; } body { display: block; } }
`

/** Filters the side list, and opens what an address points to. Without it, the page is all there, closed. */
export const FILTER = `
const filter = document.getElementById('filter')
const calls = [...document.querySelectorAll('[data-call]')]
filter.hidden = false
filter.addEventListener('input', () => {
  const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean)
  let found = 0
  for (const call of calls) {
    call.hidden = !words.every((word) => call.dataset.call.includes(word))
    if (!call.hidden) found++
  }
  for (const group of document.querySelectorAll('.side > ul > li'))
    group.hidden = !group.querySelector('[data-call]:not([hidden])')
  document.getElementById('found').textContent = words.length ? found + ' calls' : ''
})
const open = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!(target instanceof HTMLDetailsElement)) return
  target.open = true
  target.scrollIntoView()
}
addEventListener('hashchange', open)
document.addEventListener('click', (event) => {
  if (event.target.closest('a')?.hash === location.hash) open()
})
open()
`

const source = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`

/** Nothing but these two texts may style or run, and nothing may be loaded. */
export const POLICY = `default-src 'none'; style-src ${source(STYLE)}; script-src ${source(FILTER)}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
