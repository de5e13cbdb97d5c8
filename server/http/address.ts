// The address forms of API v1: `/api/tags`, `/api/tags/`, `/api/tags.xml` and `/api/index.php?handler=tags%2F` are one call.

export type Format = 'json' | 'xml' | 'yaml'

const SUFFIX = /\.(json|xml|yaml)$/
/** Below /api but not API v1: these have no suffixes and no handler form. */
const OTHERS = /^\/api\/(v3|widget|docs)(\/|$)/

/** An address of API v1 with nothing to bring into form: no dot, no doubled or final slash, not the handler. */
const PLAIN = /^\/api\/(?!v3|widget|docs)[\w%@+-]+(\/[\w%@+-]+)*(\?|$)/

export interface Address {
  /** What the router gets: one form for all. */
  url: string
  format: Format
}

/** Whether a path belongs to API v1, so that whatever goes wrong there is answered in its format. */
export const isV1 = (url: string): boolean =>
  (url.startsWith('/api/') || /^\/api(\?|$)/.test(url)) && !OTHERS.test(url.split('?', 1)[0] ?? url)

/** Brings a request's URL into the one form that routes have. Anything outside of API v1 stays as it is. */
export function normalise(asked: string): Address {
  // Clients put `/api/…` after a base address that ends in a slash.
  const url = asked.startsWith('//') ? asked.replace(/^\/{2,}(?=api([/?]|$))/, '/') : asked
  // Most requests have the one form already.
  if (PLAIN.test(url)) return { url, format: 'json' }
  if (!isV1(url)) return { url, format: 'json' }
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = mark < 0 ? '' : url.slice(mark)
  const resource = path === '/api/index.php' ? handlerOf(query) : path.slice('/api/'.length)
  // Doubled slashes go first: an expression for those at the end would take time with the square of their number.
  const tidy = resource.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '')
  const suffix = SUFFIX.exec(tidy)
  const bare = suffix ? tidy.slice(0, suffix.index).replace(/\/$/, '') : tidy
  return { url: `/api/${bare}${query}`, format: formatOf(suffix?.[1]) }
}

const formatOf = (suffix: string | undefined): Format => (suffix === 'xml' || suffix === 'yaml' ? suffix : 'json')

/** The resource that `handler=` names, safe to stand in a path. */
function handlerOf(query: string): string {
  const pair = /[?&]handler=([^&]*)/.exec(query)
  if (!pair?.[1]) return 'index.php'
  const text = decode(pair[1].replaceAll('+', '%20'))
  // Identifiers may be encoded once more inside the handler; what is not encoded must not look like a query.
  return text
    .split('/')
    .map((segment) => encodeURIComponent(/%[0-9a-f]{2}/i.test(segment) ? decode(segment) : segment))
    .join('/')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
