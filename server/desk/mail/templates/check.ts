// What is wrong with a template, in words for whoever writes it. Looked at when it is stored, so that sending never fails.
import { Invalid } from '../../../lib/errors.ts'
import { segmentsOf } from './segments.ts'
import { isVariableOf, type TemplatePlace, valueKindOf, variablesOf } from './variables.ts'

export type TemplateField = 'subject' | 'html'

/** Throws Invalid for the first fault. `source` is HTML that was sanitised, or a subject. */
export function assertTemplate(place: TemplatePlace, field: TemplateField, source: string): void {
  const [fault] = faultsOf(place, field, source)
  if (fault !== undefined) throw new Invalid(field, fault)
}

export function faultsOf(place: TemplatePlace, field: TemplateField, source: string): string[] {
  const faults: (string | undefined)[] = []
  let openTag = ''
  for (const { text, name } of segmentsOf(source)) {
    if (name !== undefined) faults.push(faultOf(place, field, name, openTag))
    else if (text.includes('{$')) faults.push(`has a {$ without its }: ${excerptOf(text)}`)
    openTag = openTagAfter(openTag + text)
  }
  if (field === 'html') faults.push(faultOfLinks(source))
  return faults.filter((fault) => fault !== undefined)
}

function faultOf(place: TemplatePlace, field: TemplateField, name: string, openTag: string): string | undefined {
  if (!isVariableOf(place, name))
    return `names {$${name.slice(0, 60)}}, which is no variable here. There are: ${variablesOf(place).join(', ')}`
  const kind = valueKindOf(name)
  if (field === 'subject') return kind === 'markup' ? `cannot hold {$${name}}: it is more than a line` : undefined
  if (openTag === '' || (kind === 'address' && /^<a\b[^>]*\shref="$/i.test(openTag))) return undefined
  // Escaping does not make an attribute harmless: somebody's name may be `javascript:…`.
  return `has {$${name}} inside of a tag: only addresses may stand there, as the whole href of a link`
}

/** The tag that has begun and not ended; empty: none. Sanitised HTML has no bare `<` or `>` elsewhere. */
function openTagAfter(text: string): string {
  const begin = text.lastIndexOf('<')
  return begin > text.lastIndexOf('>') ? text.slice(begin) : ''
}

/** What follows the variable could make another address of it. */
function faultOfLinks(html: string): string | undefined {
  const [bad] = /href="\{\$[^"}]*\}[^"]+"/i.exec(html) ?? []
  return bad === undefined ? undefined : `has more than the variable in a link: ${excerptOf(bad)}`
}

const excerptOf = (text: string): string => text.slice(Math.max(0, text.indexOf('{$'))).slice(0, 60)
