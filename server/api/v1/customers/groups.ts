// GET, POST, DELETE /api/customers/:customeridentifier/groups
import { z } from 'zod'
import { needed } from '../../../../contract/v1/params.ts'
import { getCustomer } from '../../../desk/customers/customers.ts'
import { joinGroup, leaveGroup, listGroupsOf } from '../../../desk/customers/groups.ts'
import { v1 } from '../route.ts'
import { memberGroup } from '../wire/company.ts'
import { OK } from '../wire/envelope.ts'

const byIdentifier = z.object({ customeridentifier: needed() })
const withName = byIdentifier.extend({ name: needed(255) })

export const routes = [
  v1('GET', '/api/customers/:customeridentifier/groups', byIdentifier, async ({ app, params }) => {
    const db = app.database.reader
    const customer = await getCustomer(db, params.customeridentifier)
    return { groups: (await listGroupsOf(db, 'customer', customer.id)).map(memberGroup) }
  }),

  v1('POST', '/api/customers/:customeridentifier/groups', withName, async ({ app, params }) => {
    await app.database.write(async (tx) => {
      const customer = await getCustomer(tx, params.customeridentifier)
      await joinGroup(tx, 'customer', customer.id, params.name)
    })
    return OK
  }),

  v1('DELETE', '/api/customers/:customeridentifier/groups', withName, async ({ app, params }) => {
    await app.database.write(async (tx) => {
      const customer = await getCustomer(tx, params.customeridentifier)
      await leaveGroup(tx, 'customer', customer.id, params.name)
    })
    return OK
  }),
]
