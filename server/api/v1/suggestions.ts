// POST /api/suggestions
import { z } from 'zod'
import { messageText, needed } from '../../../contract/v1/params.ts'
import { getAgent } from '../../desk/agents/agents.ts'
import { findOrAddCustomer } from '../../desk/customers/customers.ts'
import { addressOf } from '../../desk/knowledge/address.ts'
import { contentOfText } from '../../desk/knowledge/content.ts'
import { addSuggestion, getSuggestionCategory } from '../../desk/knowledge/suggestions.ts'
import { findAuthor } from './authors.ts'
import { v1 } from './route.ts'
import { OK } from './wire/envelope.ts'

export const routes = [
  v1(
    'POST',
    '/api/suggestions',
    z.object({ useridentifier: needed(), category: needed(), subject: needed(), message: messageText() }),
    async ({ app, actor, params }) => {
      const message = contentOfText(params.message)
      const suggestion = await app.database.write(async (tx) => {
        const category = await getSuggestionCategory(tx, params.category)
        const { author, customer } = await findAuthor(tx, actor, 'useridentifier', params.useridentifier)
        // An agent may have ideas too. The conversation about one needs a requester: himself, as a customer.
        const requester = customer ?? (await findOrAddCustomer(tx, (await getAgent(tx, author.userId)).email))
        return addSuggestion(tx, { author, customerId: requester.id, category, subject: params.subject, message })
      })
      return { ...OK, id: String(suggestion.id), url: addressOf(app.publicUrl(), suggestion) }
    },
  ),
]
