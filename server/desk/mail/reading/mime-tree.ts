// The parts of a mail, found by their boundaries in one pass over its bytes. Nothing is copied or decoded here: each part
// knows where it begins and ends.
import { beforeLineEnd, cleanBoundary, guessBoundary, MAX_BOUNDARY } from './boundaries.ts'
import { lineAt, readHeaderFields } from './header-fields.ts'
import type { ReadLimits } from './limits.ts'
import { isMultipart, type MimePart, partOf } from './mime-part.ts'

export interface MimeTree {
  root: MimePart
  /** Where what stands after the headers of the mail begins. */
  bodyStart: number
  /** What was wrong with the structure. */
  faults: Set<TreeFault>
}

export type TreeFault = 'cut-headers' | 'too-many-parts' | 'too-deep' | 'no-end' | 'no-boundary'

interface Open {
  part: MimePart
  boundary: string
}

const DASHES = Buffer.from('--')

export function readTree(bytes: Buffer, start: number, limits: ReadLimits): MimeTree {
  const reader = new TreeReader(bytes, limits)
  const head = reader.entity(start, bytes.length, { depth: 0, isDigest: false, maxBytes: limits.headerBlockBytes })
  const root = head.isTypeGuessed ? reader.withStrayHeaders(head) : head
  reader.fill(root)
  return { root, bodyStart: head.start, faults: reader.faults }
}

class TreeReader {
  readonly faults = new Set<TreeFault>()
  private readonly bytes: Buffer
  private readonly limits: ReadLimits
  private parts = 0

  constructor(bytes: Buffer, limits: ReadLimits) {
    this.bytes = bytes
    this.limits = limits
  }

  entity(
    start: number,
    end: number,
    { depth, isDigest, maxBytes }: { depth: number; isDigest: boolean; maxBytes: number },
  ): MimePart {
    const { fields, bodyStart, isCut } = readHeaderFields(this.bytes, start, end, { ...this.limits, maxBytes })
    if (isCut) this.faults.add('cut-headers')
    this.parts++
    return partOf(fields, { bytes: this.bytes, headerStart: start, start: bodyStart, end, depth, isDigest })
  }

  /** A blank line too early: what says how to read the mail stands behind it. */
  withStrayHeaders(root: MimePart): MimePart {
    const { bytes, limits } = this
    if (
      !/^(content-(type|transfer-encoding)|mime-version)[ \t]*:/i.test(
        bytes.toString('latin1', root.start, root.start + 40),
      )
    )
      return root
    const { fields, bodyStart } = readHeaderFields(bytes, root.start, root.end, {
      ...limits,
      maxBytes: limits.partHeaderBytes,
    })
    return partOf([...root.fields, ...fields], { ...root, start: bodyStart, isDigest: false })
  }

  /** Finds the parts of a part; if it has none although it should, what else it could be. */
  fill(part: MimePart): void {
    const boundary = isMultipart(part) ? cleanBoundary(part.parameters.get('boundary')) : undefined
    if (boundary !== undefined) this.scan(part, boundary)
    if (part.parts.length > 0) return
    const isMissing = part.depth === 0 && (part.isTypeGuessed || part.parameters.has('boundary'))
    if (!isMultipart(part) && !isMissing) return
    if (part.depth >= this.limits.nesting) return
    const found = guessBoundary(part)
    // Called text, it is one of parts only if it has the boundary that it names.
    const isText = !isMultipart(part) && !part.isTypeGuessed
    const guessed = isText && found !== cleanBoundary(part.parameters.get('boundary')) ? undefined : found
    if (guessed !== undefined) {
      if (!isMultipart(part)) part.type = 'multipart/mixed'
      this.faults.add('no-boundary')
      this.faults.delete('no-end')
      this.scan(part, guessed)
    } else if (isMultipart(part)) {
      // Its text is all there is, and must not be lost.
      this.faults.add('no-boundary')
      this.faults.delete('no-end')
      part.type = 'text/plain'
      part.isTypeGuessed = true
    }
  }

  private scan(root: MimePart, boundary: string): void {
    const { bytes } = this
    const open: Open[] = [{ part: root, boundary }]
    const names = new Set([boundary])
    const empty: MimePart[] = []
    let leaf: MimePart | undefined
    /** The root's last boundary was met; more parts behind it are read all the same. */
    let isEnded = false

    const closeTo = (level: number, at: number): void => {
      const end = beforeLineEnd(bytes, at)
      if (leaf) leaf.end = Math.max(leaf.start, end)
      leaf = undefined
      while (open.length > level) {
        const closed = open.pop()
        if (!closed) break
        closed.part.end = Math.max(closed.part.start, end)
        if (closed.part.parts.length === 0) empty.push(closed.part)
      }
      names.clear()
      for (const { boundary: name } of open) names.add(name)
    }

    let at = root.start
    while (at < root.end) {
      const dashes = bytes.indexOf(DASHES, at)
      if (dashes === -1 || dashes >= root.end) break
      const line = lineAt(bytes, dashes, root.end)
      at = line.next
      if (dashes > root.start && bytes[dashes - 1] !== 10) {
        // Not at the beginning of its line; the next one may be.
        continue
      }
      if (line.end - dashes > MAX_BOUNDARY + 4) continue
      const text = bytes.toString('latin1', dashes + 2, line.end).trimEnd()
      const isLast = !names.has(text)
      const name = isLast ? (text.endsWith('--') ? text.slice(0, -2) : undefined) : text
      if (name === undefined || !names.has(name)) continue
      const level = open.findLastIndex(({ boundary: opened }) => opened === name)
      if (isLast) {
        if (level === 0) {
          closeTo(1, dashes)
          isEnded = true
        } else closeTo(level, dashes)
        continue
      }
      closeTo(level + 1, dashes)
      isEnded = false
      const parent = open[level]?.part
      if (!parent) continue
      if (this.parts >= this.limits.parts) {
        this.faults.add('too-many-parts')
        parent.parts.push(this.rest(dashes, root.end, parent.depth + 1))
        return
      }
      const part = this.entity(line.next, root.end, {
        depth: parent.depth + 1,
        isDigest: parent.type === 'multipart/digest',
        maxBytes: this.limits.partHeaderBytes,
      })
      parent.parts.push(part)
      at = Math.max(line.next, part.start)
      leaf = part
      const inner = isMultipart(part) ? cleanBoundary(part.parameters.get('boundary')) : undefined
      if (!isMultipart(part)) continue
      if (part.depth >= this.limits.nesting) {
        this.faults.add('too-deep')
        part.type = 'application/octet-stream'
        part.fileName ??= 'part.eml'
        part.disposition = 'attachment'
      } else if (inner !== undefined) {
        leaf = undefined
        open.push({ part, boundary: inner })
        names.add(inner)
      } else empty.push(part)
    }
    if (!isEnded) this.faults.add('no-end')
    closeTo(0, root.end)
    for (const part of empty) if (part !== root && part.parts.length === 0) this.rescue(part)
  }

  /** A part of several parts in which none was found. */
  private rescue(part: MimePart): void {
    part.parameters.delete('boundary')
    this.fill(part)
  }

  /** Everything from here on as one file. */
  private rest(start: number, end: number, depth: number): MimePart {
    const { bytes } = this
    const part = partOf([], { bytes, headerStart: start, start, end, depth, isDigest: false })
    part.type = 'application/octet-stream'
    part.disposition = 'attachment'
    part.fileName = 'further-parts.eml'
    return part
  }
}
