// HTML by template: html`<p>${text}</p>`. Whatever is put in is text and escaped, unless it is markup itself.

export class Markup {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  toString(): string {
    return this.#text
  }
}

/** What a template takes. Nothing is shown for null, undefined, false and true; a list is shown item by item. */
export type Content = Markup | string | number | boolean | null | undefined | readonly Content[]

/**
 * Makes markup. Values are safe between tags and inside quoted attributes, and nowhere else: an attribute without quotes
 * is refused as a mistake of the template. Addresses in href and src must be our own, for escaping does not make
 * `javascript:` harmless.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = strings[0] ?? ''
  for (const [index, value] of values.entries()) {
    if (/=\s*$/.test(strings[index] ?? '')) throw new Error(`a value after ${strings[index]?.slice(-20)} needs quotes`)
    text += render(value) + (strings[index + 1] ?? '')
  }
  return new Markup(text)
}

/** HTML that was sanitised before (lib/html.ts), as it is. Every use is a promise that it was. */
export const sanitised = (text: string): Markup => new Markup(text)

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)

function render(value: Content): string {
  if (value instanceof Markup) return value.toString()
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  if (isList(value)) return value.map(render).join('')
  return ''
}

const isList = (value: Content): value is readonly Content[] => Array.isArray(value)
