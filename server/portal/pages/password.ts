// /password, /agent/password, /register: asking for a link to choose a password, and choosing it.
import { html } from '../../lib/markup.ts'
import type { Page } from '../layout.ts'

/** One of the addresses at which passwords are chosen. */
export interface PasswordPlace {
  path: string
  /** Where links are asked for. */
  askPath: string
  title: string
}

const fault = (text: string | undefined) =>
  text !== undefined && html`<p class="fault" id="fault" role="alert">${text}</p>`
const marked = (text: string | undefined) => text !== undefined && html` aria-invalid="true" aria-describedby="fault"`

/** `wrong`: what to correct. */
export const askPage = ({ askPath }: PasswordPlace, wrong?: string): Page => ({
  title: 'Forgotten password',
  query: null,
  body: html`<h1>Forgotten password</h1>
<p>We send you a link by mail with which you can choose a new one.</p>
<form class="card form" method="post" action="${askPath}">
${fault(wrong)}
<label for="email">Your e-mail address</label>
<input id="email" name="email" type="email" maxlength="255" autocomplete="username" required${marked(wrong)}>
<button type="submit">Send the link</button>
</form>`,
})

/** The same for every address: nobody learns here who is known. */
export const askedPage = (): Page => ({
  title: 'Look into your mail',
  query: null,
  body: html`<h1>Look into your mail</h1>
<p role="status">If we know this address, a mail with a link is on its way to it. The link works once, for an hour.</p>
<p class="soft">Nothing has come after some minutes? Look among the spam, and check that you gave the address that you use here.</p>`,
})

export const choosePage = ({ path, title }: PasswordPlace, token: string, email: string, wrong?: string): Page => ({
  title,
  query: null,
  body: html`<h1>${title}</h1>
<form class="card form" method="post" action="${path}">
${fault(wrong)}
<input type="hidden" name="token" value="${token}">
<label for="email">Your e-mail address</label>
<input id="email" type="email" value="${email}" autocomplete="username" readonly>
<label for="password">New password</label>
<input id="password" name="password" type="password" minlength="8" maxlength="1000" autocomplete="new-password" required${marked(wrong)}>
<p class="soft">Eight characters at least. You are signed out everywhere else.</p>
<button type="submit">Set the password</button>
</form>`,
})

export const usedUpPage = ({ askPath }: PasswordPlace): Page => ({
  title: 'This link does not work any more',
  query: null,
  body: html`<div class="empty"><h1>This link does not work any more</h1>
<p class="soft">It may be too old, it may have been used already, or a part of it is missing.</p>
<p><a href="${askPath}">Ask for a new one</a></p></div>`,
})

export const donePage = (): Page => ({
  title: 'Your password is set',
  query: null,
  body: html`<div class="empty"><h1>Your password is set</h1>
<p class="soft" role="status">You are signed in on this device, and on no other.</p>
<p><a href="/">Go to the start page</a></p></div>`,
})
