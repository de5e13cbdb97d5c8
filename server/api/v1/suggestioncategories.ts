// GET /api/suggestioncategories
import { z } from 'zod'
import { listSuggestionCategories } from '../../desk/knowledge/suggestions.ts'
import { v1 } from './route.ts'

export const routes = [
  v1('GET', '/api/suggestioncategories', z.object({}), async ({ app }) => ({
    suggestioncategories: (await listSuggestionCategories(app.database.reader)).map((category) => ({
      ...category,
      id: String(category.id),
    })),
  })),
]
