// Refusals as the public pages say them: a page in words, with the usual HTTP status.
import { NotAllowed, NotFound, Refusal, TooMany, Unavailable } from '../lib/errors.ts'
import { html } from '../lib/markup.ts'
import { document, type Site } from './layout.ts'

export interface RefusedPage {
  status: number
  page: string
  retryAfter?: number
}

/** The page for anything thrown. What is not a refusal is a defect: nothing of it is shown but the request's id. */
export function refusedPage(error: unknown, requestId: string, site: Site): RefusedPage {
  const { status, title, text } = wordsFor(error, requestId)
  const body = html`<div class="empty"><h1>${title}</h1><p class="soft">${text}</p><p><a href="/">Go to the start page</a></p></div>`
  return {
    status,
    page: document(site, { title, body }),
    ...(error instanceof TooMany && { retryAfter: error.retryAfter }),
  }
}

function wordsFor(error: unknown, requestId: string): { status: number; title: string; text: string } {
  if (error instanceof NotFound)
    return {
      status: 404,
      title: 'Page not found',
      text: 'There is nothing at this address, or it is not for everybody. If you followed a link, check that it is complete.',
    }
  if (error instanceof TooMany) return { status: 429, title: 'One moment, please', text: error.message }
  if (error instanceof Unavailable) return { status: 503, title: 'Not available right now', text: error.message }
  if (error instanceof NotAllowed) return { status: 403, title: 'Not allowed', text: error.message }
  if (error instanceof Refusal) return { status: statusOf(error), title: 'This did not work', text: error.message }
  return {
    status: 500,
    title: 'Something went wrong',
    text: `The fault is ours. If it stays, tell us this number: ${requestId}.`,
  }
}

const statusOf = (error: Refusal): number =>
  'status' in error && typeof error.status === 'number' ? error.status : 400
