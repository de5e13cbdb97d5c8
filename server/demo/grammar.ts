// A little grammar: `Hello {first}, [thanks|thank you] for your order {order}.` Alternatives in brackets are drawn anew
// each time, names in braces come from the conversation.
import type { Random } from './random.ts'

/** Names that texts may use, each drawn once for a conversation, so that all its messages speak of the same order. */
export interface Facts {
  readonly [name: string]: string
}

type Part = string | { name: string } | { oneOf: readonly [Phrase, ...Phrase[]] }
export type Phrase = readonly Part[]

/** Takes a text apart, once. Throws for a bracket or brace that is not closed. Alternatives may hold names. */
export function phrase(text: string): Phrase {
  const parts: Part[] = []
  let rest = text
  while (rest !== '') {
    const found = /^([^[\]{}]+)|^\{(\w+)\}|^\[([^[\]]*)\]/.exec(rest)
    if (!found) throw new Error(`this is no phrase: ${rest}`)
    const [whole, plain, name, choices] = found
    if (plain !== undefined) parts.push(plain)
    else if (name !== undefined) parts.push({ name })
    else {
      const [first = '', ...others] = (choices ?? '').split('|')
      parts.push({ oneOf: [phrase(first), ...others.map(phrase)] })
    }
    rest = rest.slice(whole.length)
  }
  return parts
}

/** The text of a phrase. Throws for a name that the facts lack. */
export function say(parts: Phrase, facts: Facts, random: Random): string {
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') text += part
    else if ('oneOf' in part) text += say(random.pick(part.oneOf), facts, random)
    else {
      const fact = facts[part.name]
      if (fact === undefined) throw new Error(`a phrase needs '${part.name}', which is not known`)
      text += fact
    }
  }
  return text
}
