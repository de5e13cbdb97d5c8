// Mails for measuring: each one different, in the shape in which they arrive from other servers.
import { randomBytes } from 'node:crypto'

const SENTENCE = 'The printer on the second floor prints every page twice, and nobody knows why it began on Tuesday. '

const headers = (n: number, run: string): string =>
  [
    'Return-Path: <customer@example.org>',
    `Received: from mail.example.org (mail.example.org [192.0.2.${n % 250}]) by mx.desk.test with ESMTPS id ${run}${n}`,
    ' for <support@desk.test>; Sat, 21 Nov 2026 10:00:00 +0000',
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=mail; bh=${'A'.repeat(43)}=;`,
    ` h=from:to:subject:date:message-id; b=${'b'.repeat(172)}`,
    `Message-ID: <${run}.${n}@example.org>`,
    'Date: Sat, 21 Nov 2026 10:00:00 +0000',
    `From: =?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <customer-${n % 500}@example.org>`,
    'To: Support <support@desk.test>',
    `Subject: Printer ${n} is on fire`,
    'MIME-Version: 1.0',
  ].join('\r\n')

const text = (n: number, bytes: number): string =>
  `Hello,\r\n\r\nthis is number ${n}. ${SENTENCE.repeat(Math.ceil(bytes / SENTENCE.length))
    .slice(0, bytes)
    .replace(/(.{70}\S*) /g, '$1\r\n')}\r\n\r\n-- \r\nJürgen Müller\r\nExample Ltd.\r\n`

const html = (n: number, bytes: number): string =>
  `<html><body><p>Hello,</p><p>this is number ${n}.</p>${`<p style="color:#333">${SENTENCE}</p>\r\n`.repeat(
    Math.ceil(bytes / (SENTENCE.length + 32)),
  )}</body></html>`

/** 5 kB: plain text and the same as HTML. */
export const smallMail = (n: number, run: string): Buffer =>
  Buffer.from(
    `${headers(n, run)}\r\nContent-Type: multipart/alternative; boundary="b1"\r\n\r\n` +
      `--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text(n, 1_800)}\r\n` +
      `--b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${html(n, 1_900)}\r\n--b1--\r\n`,
  )

/** 100 kB: the same with a picture of 70 kB. */
export const largeMail = (n: number, run: string): Buffer => withAttachment(n, run, 70_000)

/** `bytes` of attachment before encoding. */
export function withAttachment(n: number, run: string, bytes: number): Buffer {
  const picture = randomBytes(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')
  return Buffer.from(
    `${headers(n, run)}\r\nContent-Type: multipart/mixed; boundary="b2"\r\n\r\n` +
      `--b2\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text(n, 3_000)}\r\n` +
      `--b2\r\nContent-Type: image/png; name="printer.png"\r\nContent-Disposition: attachment; filename="printer.png"\r\n` +
      `Content-Transfer-Encoding: base64\r\n\r\n${picture}\r\n--b2--\r\n`,
  )
}
