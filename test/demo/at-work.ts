// Who is online while a planned chat or call is lived through: exactly those whom the plan wants to be asked.
import type { Tx } from '../../server/db/write.ts'
import { goOffline, stayOnline } from '../../server/desk/presence/connections.ts'
import { type LiveService, setCapacity } from '../../server/desk/routing/settings.ts'

const HOUR = 3_600

export class AtWork {
  #online: readonly string[] = []
  #busy: string | undefined

  /** Nobody else is online, and whoever is has room. */
  async only(tx: Tx, agentIds: readonly (string | undefined)[]): Promise<void> {
    await this.#free(tx)
    for (const id of this.#online) await goOffline(tx, id)
    this.#online = agentIds.filter((id) => id !== undefined)
    for (const id of this.#online) await stayOnline(tx, id, HOUR)
  }

  /** Somebody is online who has no room for another one. */
  async onlyBusy(tx: Tx, agentId: string, service: LiveService): Promise<void> {
    await this.only(tx, [agentId])
    await setCapacity(tx, agentId, service, 0)
    this.#busy = agentId
  }

  async #free(tx: Tx): Promise<void> {
    if (this.#busy === undefined) return
    for (const service of ['chats', 'calls'] as const) await setCapacity(tx, this.#busy, service, null)
    this.#busy = undefined
  }
}
