// GET, POST, DELETE /api/customers/:customeridentifier/fields
import { z } from 'zod'
import { needed, neededFields, text } from '../../../../contract/v1/params.ts'
import { getCustomer, getCustomerForChange } from '../../../desk/customers/customers.ts'
import { addFieldsTo, removeFieldsFrom } from '../../../desk/customers/fields.ts'
import { fieldValues } from '../../../desk/fields/fields.ts'
import { v1 } from '../route.ts'
import { fieldRows } from '../wire/conversation.ts'
import { OK } from '../wire/envelope.ts'

const byIdentifier = z.object({ customeridentifier: needed() })

export const routes = [
  v1('GET', '/api/customers/:customeridentifier/fields', byIdentifier, async ({ app, params }) => {
    const customer = await getCustomer(app.database.reader, params.customeridentifier)
    return { customfields: fieldRows(fieldValues(customer.custom_fields)) }
  }),

  v1(
    'POST',
    '/api/customers/:customeridentifier/fields',
    byIdentifier.extend({ customfields: neededFields() }),
    async ({ app, params }) => {
      await app.database.write(async (tx) =>
        addFieldsTo(tx, await getCustomerForChange(tx, params.customeridentifier), params.customfields),
      )
      return OK
    },
  ),

  v1(
    'DELETE',
    '/api/customers/:customeridentifier/fields',
    byIdentifier.extend({ code: text() }),
    async ({ app, params }) => {
      await app.database.write(async (tx) =>
        removeFieldsFrom(tx, await getCustomerForChange(tx, params.customeridentifier), params.code),
      )
      return OK
    },
  ),
]
