// /rate/{token}: where a customer says how an answer was.
import { MAX_COMMENT } from '../../desk/ratings/comment.ts'
import type { Grade } from '../../desk/ratings/ratings.ts'
import { type Content, html, type Markup } from '../../lib/markup.ts'
import type { Page } from '../layout.ts'
import type { RatingWords } from '../rating-words.ts'
import { moment, plainText } from '../words.ts'

/** What is rated, and what was said of it before. */
export interface RatingScene {
  /** Of the page: without a choice in it. */
  path: string
  /** Empty: no name is known. */
  agent: string
  doneAt: number
  zone: string
  /** Undefined: it was not rated yet. */
  given: { grade: Grade; comment: string } | undefined
}

export interface RatingForm {
  grade: Grade | undefined
  comment: string
  /** What to correct, and where. */
  wrong?: { field: 'rating' | 'comment'; text: string } | undefined
}

const about = (words: RatingWords, { agent, doneAt, zone }: RatingScene): Markup =>
  html`<h1>${words.title}</h1>
<p class="soft">${words.about(agent)} ${moment(doneAt, zone)}</p>`

export function formPage(words: RatingWords, scene: RatingScene, { grade, comment, wrong }: RatingForm): Page {
  const marked = (field: 'rating' | 'comment') =>
    wrong?.field === field && html` aria-invalid="true" aria-describedby="fault"`
  const choice = (value: Grade): Markup =>
    html`<label><input type="radio" name="rating" value="${value}" required${grade === value && html` checked`}${marked('rating')}> ${words[value]}</label>`
  return {
    title: words.title,
    language: words.language,
    query: null,
    body: html`${about(words, scene)}
<form class="card form" method="post" action="${scene.path}">
${scene.given && html`<p role="status">${words.given(words[scene.given.grade])}</p>`}
${wrong && html`<p class="fault" id="fault" role="alert">${wrong.text}</p>`}
<fieldset class="choice"><legend>${words.legend}</legend>
${choice('good')}
${choice('bad')}
</fieldset>
<label for="comment">${words.comment}</label>
<textarea id="comment" name="comment" rows="5" maxlength="${MAX_COMMENT}"${marked('comment')}>${comment}</textarea>
<p class="soft">${words.whoReads}</p>
<button type="submit">${scene.given ? words.change : words.send}</button>
</form>`,
  }
}

/** It can be read and no longer changed. */
export const finalPage = (words: RatingWords, scene: RatingScene, given: { grade: Grade; comment: string }): Page => ({
  title: words.title,
  language: words.language,
  query: null,
  body: html`${about(words, scene)}
<div class="card"><p role="status">${words.given(words[given.grade])} ${words.final}</p>
${given.comment !== '' && plainText(given.comment)}</div>`,
})

/** `path`: of the form, where the rating can be changed. */
export const thanksPage = (words: RatingWords, path: string | undefined): Page =>
  shortPage(words, words.thanks, path !== undefined && html`<p><a href="${path}">${words.thanks.again}</a></p>`)

export const gonePage = (words: RatingWords): Page => shortPage(words, words.gone)

export const agentPage = (words: RatingWords): Page => shortPage(words, words.agent)

const shortPage = (words: RatingWords, { title, text }: { title: string; text: string }, more?: Content): Page => ({
  title,
  language: words.language,
  query: null,
  body: html`<div class="empty"><h1>${title}</h1>
<p class="soft" role="status">${text}</p>
${more}
<p><a href="/">${words.toStart}</a></p></div>`,
})
