export interface MailboxRow {
  id: string
  /** What administrators call it. */
  name: string
  /** The address that customers write to, and that answers come from. */
  address: string
  address_key: string
  /** JSON array of further addresses whose mail belongs here. */
  aliases: string
  /** Where its mail opens conversations. */
  department_id: string
  /** 0: neither fetches nor sends. */
  is_active: number
  /** 1: sends for departments that have no mailbox of their own. One at most. */
  is_default: number
  /** The name beside the address in From; null: the account's company name. */
  sender_name: string | null
  /** 1: answers carry `name+token@domain` as their reply address. */
  plus_address: number
  /** JSON of IncomingSettings: mailbox.ts. Null: nothing is fetched. */
  incoming: string | null
  /** JSON of OutgoingSettings. Null: nothing is sent. */
  outgoing: string | null
  /** JSON of DkimSettings without the private key. */
  dkim: string | null
  /** Passwords, tokens and keys, sealed: lib/sealed.ts. */
  secrets: string | null
  /** The process that fetches it, and until when the others leave it alone. */
  lease_owner: string | null
  lease_until: number | null
  /** When its server was last reached. */
  seen_at: number | null
  /** Why it does not work now, in words for an administrator; null: it does. */
  trouble: string | null
  created_at: number
  changed_at: number
  deleted_at: number | null
}

/** How far a folder of a mailbox was read. Never the "seen" flag, which people and other programs change. */
export interface MailboxPositionRow {
  mailbox_id: string
  folder: string
  /** Another value means that the server has numbered its mails anew. */
  uid_validity: string
  last_uid: number
  changed_at: number
}
