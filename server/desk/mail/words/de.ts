import type { MailWords } from './words.ts'

export const de: MailWords = {
  language: 'de',
  direction: 'ltr',
  greeting: { named: 'Guten Tag {$name},', nameless: 'Guten Tag,' },
  wrote: '{$name} schrieb am {$date}:',
  somebody: 'Der Kunde',
  you: 'Sie',
  rating: { question: 'Wie war diese Antwort?', good: 'Gut', bad: 'Schlecht' },
  mails: {
    answer: { subject: '', html: '<div>{$message}</div>\n{$signature}\n{$rating}' },
    acknowledgement: {
      subject: 'Ihre Nachricht ist angekommen: {$conversation.subject}',
      html: `<p>{$greeting}</p>
<p>vielen Dank für Ihre Nachricht. Sie ist unter der Nummer {$conversation.code} angekommen, und wir antworten so bald wie möglich.</p>
<p>Wenn Sie etwas hinzufügen möchten, antworten Sie einfach auf diese Mail. Alles bisher Geschriebene steht hier:<br>
<a href="{$conversation.url}">{$conversation.url}</a></p>
<p>{$company}</p>`,
    },
    registration: {
      subject: 'Ihr Konto bei {$company}',
      html: `<p>{$greeting}</p>
<p>für Sie wurde ein Konto bei {$company} angelegt. Wählen Sie ein Passwort, um es zu benutzen:</p>
<p><a href="{$link}">{$link}</a></p>
<p>Der Link gilt einmal, bis {$link.until}. Wenn Sie diese Mail nicht erwartet haben, brauchen Sie nichts zu tun.</p>`,
    },
    password: {
      subject: 'Neues Passwort für {$company}',
      html: `<p>{$greeting}</p>
<p>jemand hat für {$recipient.email} ein neues Passwort bei {$company} angefordert. Wenn Sie es waren, wählen Sie es hier:</p>
<p><a href="{$link}">{$link}</a></p>
<p>Der Link gilt einmal, bis {$link.until}. Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.</p>`,
    },
    assignment: {
      subject: '{$conversation.subject} [{$conversation.code}] gehört jetzt Ihnen',
      html: `<p>{$greeting}</p>
<p>das Gespräch {$conversation.code} mit {$customer.name} in {$department.name} wurde Ihnen zugewiesen: <strong>{$conversation.subject}</strong></p>
<p>Wenn Sie auf diese Mail antworten, geht Ihre Antwort an den Kunden. Lassen Sie weg, was unten zitiert ist.</p>
{$quote}`,
    },
    transcript: {
      subject: 'Ihr Chat mit {$company}',
      html: `<p>{$greeting}</p>
<p>wie gewünscht erhalten Sie hier, was im Chat vom {$conversation.date} geschrieben wurde. Er hat die Nummer {$conversation.code}.</p>
{$transcript}
<p>Wenn Sie etwas hinzufügen möchten, antworten Sie einfach auf diese Mail. Wenn Sie nicht mit uns gechattet haben, hat jemand anderes Ihre Adresse angegeben: Dann brauchen Sie nichts zu tun.</p>
<p>{$company}</p>`,
    },
    test: {
      subject: 'Testmail von {$company}',
      html: '<p>Das ist ein Test des Postfachs. Wenn Sie dies lesen, funktioniert das Senden.</p><p>{$date}</p>',
    },
    notice: {
      subject: 'Die Mail von {$company} braucht Ihre Aufmerksamkeit',
      html: `<p>{$greeting}</p>
<p>einige Mails konnten nicht gesendet oder abgeholt werden:</p>
{$problems}
<p>Ein solcher Hinweis kommt höchstens einmal am Tag. Was fehlgeschlagen ist, kann aus dem Postausgang erneut gesendet werden, sobald die Ursache behoben ist.</p>`,
    },
  },
}
