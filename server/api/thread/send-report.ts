// A report over a year is a megabyte: the kernel takes a piece at a time, and others get their turn in between.
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

const PIECE = 32_768

export function sendReport(reply: FastifyReply, report: Buffer): FastifyReply {
  if (report.length <= PIECE) return reply.send(report)
  return reply.header('content-length', report.length).send(Readable.from(piecesOf(report)))
}

async function* piecesOf(report: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < report.length; at += PIECE) {
    if (at > 0) await new Promise(setImmediate)
    yield report.subarray(at, at + PIECE)
  }
}
