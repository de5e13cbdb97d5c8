// What was wrong with a mail, in words for an agent.
import type { GatherFault } from './gather.ts'
import type { HeaderField } from './header-fields.ts'
import type { ReadMail } from './mail.ts'
import type { TreeFault } from './mime-tree.ts'

const TREE: Record<TreeFault, string> = {
  'cut-headers': 'Its headers are longer than any mail needs: only the beginning of them was read.',
  'too-many-parts': 'It has more parts than are read: what is left of it is attached as one file.',
  'too-deep': 'Its parts are nested too deep: the innermost are attached as they are.',
  'no-end': 'It ends before its last part does: something of it may be missing.',
  'no-boundary': 'It does not say properly where its parts begin: they were guessed.',
}

const GATHERED: Record<GatherFault, string> = {
  'broken-contents': 'Something in it is not encoded as it says: that may be damaged.',
  'guessed-charset': 'It does not say properly which charset it is written in: some letters may be wrong.',
  'cut-text': 'Its text is too long to be shown: all of it is attached.',
  'too-many-attachments': 'It has more attachments than are stored: all of them are in its source.',
  'broken-tnef': 'Its winmail.dat cannot be read: it is attached as it is.',
  encrypted: 'It is encrypted: only who has the key can read what is attached.',
  partial: 'It is one piece of a mail that was sent in several.',
}

export function faultSentences({
  head,
  fields,
  tree,
  gathered,
  isTextFailed,
}: {
  head: Pick<ReadMail, 'from' | 'furtherAuthors'>
  fields: readonly HeaderField[]
  tree: ReadonlySet<TreeFault>
  gathered: ReadonlySet<GatherFault>
  isTextFailed: boolean
}): string[] {
  const faults: string[] = []
  if (fields.length === 0) faults.push('It has no headers: everything was read as its text.')
  else if (head.from === undefined) faults.push('It names no sender with an address.')
  if (head.furtherAuthors.length > 0) faults.push('It names several senders: the first was taken.')
  for (const fault of tree) faults.push(TREE[fault])
  for (const fault of gathered) faults.push(GATHERED[fault])
  if (isTextFailed) faults.push('Its text could not be taken apart: it is shown as it came.')
  return faults
}
