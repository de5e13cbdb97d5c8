// The one stylesheet of the public pages. Nothing is loaded from elsewhere: no fonts, no images.
import { hash } from 'node:crypto'

export const STYLE = `
:root {
  --text: #1d2433; --soft: #566074; --paper: #ffffff; --ground: #f4f5f8; --line: #d9dde6; --accent: #1f5fc4;
  --accent-text: #ffffff; --agent: #eef4ff; --good: #17683a; --bad: #a3211b; --mark: #fff3b8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e4e7ee; --soft: #a4adbf; --paper: #1c212c; --ground: #12161e; --line: #343c4c; --accent: #8ab4ff;
    --accent-text: #10151f; --agent: #202b40; --good: #7fd6a2; --bad: #ff9d96; --mark: #54490f;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { color-scheme: light dark; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
.width { max-width: 48rem; margin: 0 auto; padding: 0 1.25rem; }
.top { background: var(--paper); border-bottom: 1px solid var(--line); }
.top .width { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.5rem; min-height: 4rem; padding-block: .75rem; }
.home { font-size: 1.125rem; font-weight: 650; color: inherit; text-decoration: none; }
.home:hover { text-decoration: underline; }
main { padding: 1.5rem 0 4rem; }
main:focus { outline: none; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2rem 0 .75rem; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; z-index: 1; background: var(--paper); padding: .5rem 1rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.search { display: flex; gap: .5rem; flex: 1 1 16rem; max-width: 26rem; margin-left: auto; }
.search input { flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 8px; padding: .5rem .75rem; }
.search button { font: inherit; font-weight: 600; color: var(--accent-text); background: var(--accent); border: 0; border-radius: 8px; padding: .5rem 1rem; cursor: pointer; }
.hero { text-align: center; padding: 2rem 0 2.5rem; }
.hero .search { max-width: 34rem; margin: 1.25rem auto 0; }
.hero .search input { background: var(--paper); }
.crumbs { padding-top: 1.25rem; font-size: .875rem; }
.crumbs ol { display: flex; flex-wrap: wrap; list-style: none; margin: 0; padding: 0; }
.crumbs li + li::before { content: "/" / ""; color: var(--soft); margin: 0 .5rem; }
.cards { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); }
.list { list-style: none; margin: 0; padding: 0; }
.card, .list > li, .article { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem; }
.list > li + li { margin-top: .75rem; }
.card p, .list p { margin: .25rem 0 0; color: var(--soft); font-size: .9375rem; }
.card a, .list > li > a { font-weight: 600; }
.article { padding: 1.5rem; }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 1.5rem; color: var(--soft); font-size: .9375rem; }
.facts div { display: flex; gap: .4rem; }
.facts dt::after { content: ":"; }
.facts dd { margin: 0; color: var(--text); font-weight: 600; }
.messages { list-style: none; margin: 0; padding: 0; }
.message { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; margin-top: 1rem; padding: 1rem 1.25rem; }
.message.agent { background: var(--agent); }
.message header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; margin-bottom: .5rem; }
.message h2 { font-size: 1rem; margin: 0; }
.message time, .role { color: var(--soft); font-size: .875rem; font-weight: 400; }
.plain { white-space: pre-wrap; margin: 0; }
/* Texts of strangers stay inside their box, whatever their styles say. */
.rich { contain: content; overflow-x: auto; }
.rich > :first-child { margin-top: 0; }
.rich > :last-child { margin-bottom: 0; }
.rich img { max-width: 100%; height: auto; }
.rich pre { overflow-x: auto; }
.rich table { border-collapse: collapse; margin: .75rem 0; }
.rich td, .rich th { padding: .2rem .5rem; }
.rich blockquote { margin: .5rem 0; padding-left: 1rem; border-left: 3px solid var(--line); }
/* Who sets colours thinks of white paper. */
.white { background: #ffffff; color: #1d2433; color-scheme: light; padding: .75rem; border-radius: 6px; --accent: #1f5fc4; --line: #d9dde6; }
.picture { display: inline-block; padding: 0 .5rem; border: 1px dashed var(--soft); border-radius: 4px; color: var(--soft); font-size: .875rem; }
.folded { margin-top: .75rem; }
.folded > summary { color: var(--soft); font-size: .875rem; cursor: pointer; width: max-content; }
.folded > :not(summary) { margin-top: .5rem; padding-left: 1rem; border-left: 3px solid var(--line); }
.files { list-style: none; margin: .75rem 0 0; padding: .75rem 0 0; border-top: 1px solid var(--line); }
.note { background: var(--paper); border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: 6px; padding: .75rem 1rem; }
.form { display: grid; gap: .5rem; max-width: 26rem; margin-top: 1rem; }
.form label { font-weight: 600; }
.form input { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 8px; padding: .5rem .75rem; min-width: 0; }
.form textarea { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 8px; padding: .5rem .75rem; min-width: 0; resize: vertical; }
.choice { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }
.choice legend { font-weight: 600; padding: 0; }
.choice label { display: flex; align-items: center; gap: .5rem; min-height: 2.75rem; font-weight: 400; }
.choice input { width: 1.25rem; height: 1.25rem; }
.form button { justify-self: start; font: inherit; font-weight: 600; color: var(--accent-text); background: var(--accent); border: 0; border-radius: 8px; padding: .5rem 1rem; margin-top: .5rem; cursor: pointer; }
.fault { margin: 0; padding: .5rem .75rem; border-left: 4px solid currentColor; color: var(--bad); font-weight: 600; }
.empty { text-align: center; padding: 3rem 0; }
.more { margin-top: 1rem; }
@media print { .top, .crumbs, .skip, .more { display: none; } body { background: none; } }
`

export const STYLE_ADDRESS = `/portal.css?v=${hash('sha256', STYLE, 'hex').slice(0, 12)}`
