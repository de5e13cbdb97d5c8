import { type MailWords, TRANSCRIPT } from './words.ts'

export const en: MailWords = {
  language: 'en',
  direction: 'ltr',
  greeting: { named: 'Hello {$name},', nameless: 'Hello,' },
  wrote: '{$name} wrote on {$date}:',
  somebody: 'The customer',
  you: 'You',
  rating: { question: 'How was this answer?', good: 'Good', bad: 'Bad' },
  mails: {
    answer: { subject: '', html: '<div>{$message}</div>\n{$signature}\n{$rating}' },
    acknowledgement: {
      subject: 'We have received your message: {$conversation.subject}',
      html: `<p>{$greeting}</p>
<p>thank you for your message. It has arrived under the number {$conversation.code}, and we will answer it as soon as we can.</p>
<p>If you want to add something, just reply to this mail. Everything that was written so far is here:<br>
<a href="{$conversation.url}">{$conversation.url}</a></p>
<p>{$company}</p>`,
    },
    registration: {
      subject: 'Your account with {$company}',
      html: `<p>{$greeting}</p>
<p>an account was made for you with {$company}. Choose a password to use it:</p>
<p><a href="{$link}">{$link}</a></p>
<p>The link works once, until {$link.until}. If you did not expect this mail, you need not do anything.</p>`,
    },
    password: {
      subject: 'Choose a new password for {$company}',
      html: `<p>{$greeting}</p>
<p>somebody has asked for a new password for {$recipient.email} with {$company}. If it was you, choose it here:</p>
<p><a href="{$link}">{$link}</a></p>
<p>The link works once, until {$link.until}. If it was not you, you need not do anything: your password stays as it is.</p>`,
    },
    assignment: {
      subject: '{$conversation.subject} [{$conversation.code}] is yours now',
      html: `<p>{$greeting}</p>
<p>the conversation {$conversation.code} with {$customer.name} in {$department.name} was assigned to you: <strong>{$conversation.subject}</strong></p>
<p>If you reply to this mail, your reply goes to the customer. Leave out what is quoted below.</p>
{$quote}`,
    },
    transcript: TRANSCRIPT,
    test: {
      subject: 'Test mail of {$company}',
      html: '<p>This is a test of the mailbox. If you can read this, sending works.</p><p>{$date}</p>',
    },
    notice: {
      subject: 'Mail of {$company} needs your attention',
      html: `<p>{$greeting}</p>
<p>some mail could not be sent or fetched:</p>
{$problems}
<p>Such a notice is sent once a day at most. What failed can be sent again from the outbox once its cause is gone.</p>`,
    },
  },
}
