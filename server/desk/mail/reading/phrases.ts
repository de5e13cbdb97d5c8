// What mail programs write around a quote, language by language. A new language is a new entry here.
//
// Everything is in lower case; `|` separates spellings. The words are those that Outlook, Gmail, Apple Mail, Thunderbird,
// Yahoo, GMX, mail.ru, QQ, NetEase and Naver send in each language.

interface Phrases {
  /** The verb in "On Monday, Ada wrote:". */
  wrote?: string
  /** How such a line begins. */
  on?: string
  /** The labels above a quoted mail. */
  from?: string
  sent?: string
  to?: string
  cc?: string
  subject?: string
  /** Between dashes, above what is answered. */
  original?: string
  /** Above what is passed on, between dashes or alone with a colon. */
  forwarded?: string
  /** How a line begins that a telephone adds at the end. */
  device?: string
  /** How letters end, before the name. */
  closing?: string
}

const LANGUAGES: Record<string, Phrases> = {
  english: {
    wrote: 'wrote|writes|quoting',
    on: 'on',
    from: 'from|sender',
    sent: 'sent|date|sent at|received',
    to: 'to|recipient|recipients',
    cc: 'cc|bcc|reply-to|reply to|importance|attachments|attachment|organization|priority',
    subject: 'subject',
    original: 'original message|original appointment|original email|original mail|reply message|original|message from',
    forwarded:
      'forwarded message|forwarded mail|begin forwarded message|start of forwarded message|fwd message|forwarded by|forwarded email|original forwarded message',
    device:
      'sent from my |sent from mail for |sent from outlook|sent from yahoo mail|sent from proton mail|sent from the all new|sent via |sent with |get outlook for |sent from samsung|sent from iphone|sent from android|sent by |sent using |sent from a mobile|sent from mobile|sent from mailspring|sent from spark|sent from blackberry|sent from nine|sent from bluemail|sent on the go',
    closing:
      'best regards|kind regards|regards|warm regards|best wishes|best|yours sincerely|yours faithfully|sincerely|sincerely yours|cheers|many thanks|thanks|thank you|thanks and regards|thanks & regards|with kind regards|with best regards|all the best|yours|yours truly|cordially|respectfully',
  },
  german: {
    wrote: 'schrieb|geschrieben|zitat von|schrieben',
    on: 'am|vom',
    from: 'von|absender',
    sent: 'gesendet|datum|gesendet am|verschickt|geschickt',
    to: 'an|empfänger',
    cc: 'kopie|antwort an|wichtigkeit|anlagen|anlage|priorität|anhang|anhänge',
    subject: 'betreff|betr',
    original:
      'ursprüngliche nachricht|originalnachricht|original-nachricht|original nachricht|ursprüngliche e-mail|original-mail|originalmail|ursprünglicher termin|urspr. nachricht|originaltermin',
    forwarded:
      'weitergeleitete nachricht|anfang der weitergeleiteten nachricht|weitergeleitete e-mail|weitergeleitet von|beginn der weitergeleiteten nachricht|weitergeleitete mail',
    device:
      'von meinem |gesendet von |gesendet mit |gesendet über |diese nachricht wurde von meinem |holen sie sich outlook|outlook für |gesendet aus |von unterwegs gesendet|von samsung mobile gesendet|mobil gesendet',
    closing:
      'mit freundlichen grüßen|mit freundlichen gruessen|mit freundlichem gruß|mit freundlichem gruss|freundliche grüße|freundliche grüsse|viele grüße|viele gruesse|liebe grüße|beste grüße|beste grüsse|schöne grüße|herzliche grüße|grüße|gruß|mfg|vg|lg|mit besten grüßen|hochachtungsvoll|vielen dank|danke|vielen dank und freundliche grüße|schöne grüsse|mit freundlichen grüssen',
  },
  french: {
    wrote: 'a écrit|a ecrit|écrit|écrivait|citation de',
    on: 'le|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|message du',
    from: 'de|expéditeur',
    sent: 'envoyé|date|envoyé le|envoye',
    to: 'à|a|destinataire',
    cc: 'copie|copie à|répondre à|pièces jointes|pièce jointe|importance',
    subject: 'objet|sujet',
    original:
      "message d'origine|message d’origine|message original|message initial|rendez-vous d'origine|courriel original|e-mail d'origine|mail original",
    forwarded:
      'message transféré|message transfere|début du message transféré|début du message réexpédié|message réexpédié|message transmis|transféré par',
    device:
      "envoyé de mon |envoyé depuis |envoyé à partir |envoyé avec |envoyé via |télécharger outlook |obtenir outlook |obtenez outlook |envoyé d'un|envoyé par |provenance : courrier|téléchargez outlook",
    closing:
      "cordialement|bien cordialement|très cordialement|sincères salutations|salutations distinguées|meilleures salutations|bien à vous|cdlt|merci|merci d'avance|respectueusement|amicalement|salutations|bonne journée|bonne réception|veuillez agréer",
  },
  spanish: {
    wrote: 'escribió|escribio|escribe',
    on: 'el|en|lun|mar|mié|jue|vie|sáb|dom',
    from: 'de|remitente',
    sent: 'enviado|fecha|enviado el|enviada|enviado a las',
    to: 'para|a|destinatario',
    cc: 'con copia|responder a|importancia|datos adjuntos|adjuntos|cco',
    subject: 'asunto',
    original: 'mensaje original|mensaje de origen|cita original|correo original',
    forwarded: 'mensaje reenviado|inicio del mensaje reenviado|comienzo del mensaje reenviado|reenviado por',
    device:
      'enviado desde |enviado con |enviado por |obtener outlook |obtén outlook |descargar outlook |enviado a través |mandado desde ',
    closing:
      'saludos|un saludo|saludos cordiales|cordialmente|atentamente|atte|muchas gracias|gracias|un cordial saludo|cordiales saludos|reciba un cordial saludo|muchas gracias y saludos',
  },
  italian: {
    wrote: 'ha scritto|scritto|scrive|citando',
    on: 'il|in data|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|il giorno|nel',
    from: 'da|mittente',
    sent: 'inviato|data|inviato il|inviata',
    to: 'a|destinatario',
    cc: 'ccn|rispondi a|priorità|allegati|per conoscenza',
    subject: 'oggetto',
    original: 'messaggio originale|messaggio originario|appuntamento originale|email originale',
    forwarded:
      'messaggio inoltrato|inizio messaggio inoltrato|inizio del messaggio inoltrato|inoltrato da|messaggio rinviato',
    device: 'inviato da |inviato dal |inviato con |scarica outlook |ottieni outlook |inviato tramite |inviata da ',
    closing:
      'cordiali saluti|distinti saluti|saluti|cordialmente|un saluto|grazie|grazie mille|tanti saluti|buona giornata|un cordiale saluto|grazie e saluti|in fede',
  },
  portuguese: {
    wrote: 'escreveu|escreve',
    on: 'em|no dia|a|na|às|seg|ter|qua|qui|sex|sáb|dom',
    from: 'de|remetente',
    sent: 'enviado|data|enviada em|enviado em|enviada|enviado a',
    to: 'para|destinatário',
    cc: 'com cópia|responder para|importância|anexos|cco',
    subject: 'assunto',
    original: 'mensagem original|compromisso original|e-mail original',
    forwarded:
      'mensagem encaminhada|mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada|encaminhado por|forwarded message',
    device:
      'enviado do meu |enviado a partir |enviado do |enviado pelo |enviado com |obter o outlook |obtenha o outlook |baixe o outlook |enviado de ',
    closing:
      'atenciosamente|att|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|cordialmente|obrigado|obrigada|abraço|abraços|saudações|grato|muito obrigado',
  },
  dutch: {
    wrote: 'schreef|geschreven|het volgende geschreven',
    on: 'op|ma|di|wo|do|vr|za|zo',
    from: 'van|afzender',
    sent: 'verzonden|datum|verzonden op|verstuurd|verzonden om',
    to: 'aan|ontvanger',
    cc: 'antwoord aan|bijlagen|bijlage|urgentie|prioriteit',
    subject: 'onderwerp',
    original: 'oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht|oorspronkelijke afspraak',
    forwarded:
      'doorgestuurd bericht|begin doorgestuurd bericht|begin doorgestuurde bericht|doorgestuurd door|doorgezonden bericht',
    device:
      'verzonden vanaf |verstuurd vanaf |verstuurd via |verzonden met |verzonden via |outlook voor |download outlook |verstuurd met |verzonden van ',
    closing:
      'met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|hartelijke groet|groeten|groet|mvg|hoogachtend|bedankt|alvast bedankt|met hartelijke groet|dank u',
  },
  polish: {
    wrote: 'napisał|napisała|napisał(a)|pisze|napisali',
    on: 'w dniu|dnia|pon|wt|śr|czw|pt|sob|niedz|w',
    from: 'od|nadawca|od kogo',
    sent: 'wysłano|data|wysłane|wyslano|wysłany',
    to: 'do|adresat|odbiorca',
    cc: 'dw|udw|odpowiedz do|załączniki|ważność|kopia|kopia do',
    subject: 'temat',
    original:
      'wiadomość oryginalna|oryginalna wiadomość|wiadomość pierwotna|treść oryginalnej wiadomości|wiadomość źródłowa',
    forwarded:
      'treść przekazanej wiadomości|wiadomość przekazana dalej|wiadomość przesłana dalej|przekazana wiadomość|początek przekazywanej wiadomości|początek przekazanej wiadomości|przesłana wiadomość|wiadomość przekazana|forwarded message',
    device: 'wysłane z |wysłano z |wysłane przez |pobierz outlook|uzyskaj outlook|wiadomość wysłana z ',
    closing:
      'pozdrawiam|z poważaniem|z wyrazami szacunku|pozdrawiam serdecznie|serdecznie pozdrawiam|dziękuję|dziękuje|z pozdrowieniami|pozdrowienia',
  },
  czech: {
    wrote: 'napsal|napsala|napsal(a)|píše|napísal|napísala|napísal(a)',
    on: 'dne|po|út|st|čt|pá|so|ne|dňa',
    from: 'od|odesílatel|odosielateľ',
    sent: 'odesláno|datum|odoslané|odeslané|dátum',
    to: 'komu|příjemce|pre',
    cc: 'kopie|kópia|přílohy|důležitost|odpovědět',
    subject: 'předmět|predmet|věc',
    original: 'původní zpráva|původní e-mail|pôvodná správa|původní email|pôvodný e-mail|původní událost',
    forwarded:
      'přeposlaná zpráva|přeposlaný e-mail|začátek přeposlané zprávy|preposlaná správa|přeposlaná správa|přeposlal',
    device: 'odesláno z |odesláno přes |odoslané z |získejte outlook|stáhnout outlook|odesláno ze ',
    closing:
      's pozdravem|s přátelským pozdravem|hezký den|děkuji|díky|zdravím|s úctou|s pozdravom|přeji hezký den|ďakujem',
  },
  russian: {
    wrote: 'написал|написала|написал(а)|пишет|писал|писала|написав|написала|пише',
    on: 'в|пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|від',
    from: 'от|отправитель|от кого|від|від кого',
    sent: 'отправлено|дата|дата отправки|отправлен|надіслано',
    to: 'кому|получатель|для',
    cc: 'копия|копії|копія|ответить|вложения|важность|скрытая копия',
    subject: 'тема',
    original:
      'исходное сообщение|оригинальное сообщение|исходное письмо|вихідне повідомлення|первоначальное сообщение|original message',
    forwarded:
      'пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение|начало переадресованного сообщения|пересылаемое письмо|пересланное письмо|переслане повідомлення|конец пересылаемого сообщения',
    device:
      'отправлено с |отправлено из |отправлено через |отправлено от |скачать outlook|скачайте outlook|надіслано з |получить outlook|надіслано із ',
    closing:
      'с уважением|с наилучшими пожеланиями|спасибо|всего доброго|всего наилучшего|с почтением|з повагою|заранее спасибо|благодарю|дякую',
  },
  swedish: {
    wrote: 'skrev|skriver',
    on: 'den|på|mån|tis|ons|tors|tor|fre|lör|sön',
    from: 'från|avsändare',
    sent: 'skickat|datum|skickad|skickades',
    to: 'till|mottagare',
    cc: 'kopia|kopia till|svara till|bifogade filer|bilagor|prioritet',
    subject: 'ämne',
    original: 'ursprungligt meddelande|originalmeddelande|ursprungligt e-postmeddelande|ursprunglig avtalad tid',
    forwarded:
      'vidarebefordrat meddelande|vidarebefordrat brev|början på vidarebefordrat meddelande|vidarebefordrat mejl|vidarebefordrat av|vidarebefordrat',
    device: 'skickat från |skickat med |skickades från |hämta outlook |skickat via |ladda ner outlook',
    closing:
      'med vänliga hälsningar|med vänlig hälsning|vänliga hälsningar|vänligen|hälsningar|mvh|tack|bästa hälsningar|tack på förhand|vänlig hälsning',
  },
  danish: {
    wrote: 'skrev|skriver|har skrevet',
    on: 'den|d.|man|tirs|tir|ons|tors|fre|lør|søn',
    from: 'fra|afsender',
    sent: 'sendt|dato|sendt den',
    to: 'til|modtager',
    cc: 'svar til|vedhæftede filer|prioritet|kopi',
    subject: 'emne',
    original:
      'oprindelig meddelelse|oprindelig besked|original meddelelse|original besked|oprindelig aftale|oprindelig mail',
    forwarded:
      'videresendt meddelelse|videresendt besked|start på videresendt besked|begin videresendt besked|videresendt mail|videresendt af',
    device: 'sendt fra |sendt med |sendt via |hent outlook|få outlook',
    closing:
      'med venlig hilsen|venlig hilsen|mvh|med venlige hilsner|hilsen|tak|på forhånd tak|de bedste hilsner|bedste hilsner|kh',
  },
  norwegian: {
    wrote: 'skrev|skrev følgende',
    on: 'den|på|man|tir|ons|tor|fre|lør|søn',
    from: 'fra|avsender',
    sent: 'sendt|dato',
    to: 'til|mottaker',
    cc: 'kopi|svar til|vedlegg|prioritet',
    subject: 'emne',
    original: 'opprinnelig melding|original melding|opprinnelig e-post|opprinnelig avtale',
    forwarded:
      'videresendt melding|videresendt e-post|begynnelse på videresendt melding|starten på videresendt melding|videresendt av',
    device: 'sendt fra |skaff deg outlook|last ned outlook|sendt med ',
    closing: 'med vennlig hilsen|vennlig hilsen|hilsen|mvh|med vennlige hilsener|beste hilsen|takk|på forhånd takk',
  },
  finnish: {
    wrote: 'kirjoitti|kirjoittaa',
    on: 'ma|ti|ke|to|pe|la|su|pvm',
    from: 'lähettäjä|keneltä',
    sent: 'lähetetty|päivämäärä|päiväys|pvm|lähetysaika',
    to: 'vastaanottaja|kenelle|vast.ott|vastaanottajat',
    cc: 'kopio|vastaus|liitteet|tärkeys|piilokopio',
    subject: 'aihe|otsikko',
    original: 'alkuperäinen viesti|alkuperäinen sähköposti|alkuperäinen tapaaminen|alkup. viesti',
    forwarded:
      'välitetty viesti|edelleenlähetetty viesti|välitetty viesti alkaa|lähetetty edelleen|edelleen lähetetty viesti',
    device:
      'lähetetty iphone|lähetetty ipad|lähetetty minun|lähetetty outlook|lähetetty samsung|lähetetty android|lähetetty mail|lähetetty puhelim|hanki outlook|lähetetty laitte|lähetetty sähköposti|hae outlook',
    closing:
      'ystävällisin terveisin|terveisin|parhain terveisin|yt|kiitos|t|terv|kunnioittavasti|kiittäen|ystävällisesti',
  },
  hungarian: {
    wrote: 'írta|írt|ezt írta|a következőt írta',
    on: '',
    from: 'feladó|küldő',
    sent: 'elküldve|dátum|küldve|küldés ideje|küldés dátuma',
    to: 'címzett|címzettek|kapja',
    cc: 'másolat|másolatot kap|válaszcím|mellékletek|fontosság|titkos másolat',
    subject: 'tárgy',
    original: 'eredeti üzenet|eredeti e-mail|eredeti levél|eredeti értekezlet',
    forwarded:
      'továbbított üzenet|továbbított levél|továbbított üzenet kezdete|a továbbított üzenet kezdete|továbbította|továbbított e-mail',
    device:
      'elküldve a |küldve az |az outlook |elküldve: android|küldve a |iphone-ról küldve|androidról küldve|elküldve az ',
    closing: 'üdvözlettel|tisztelettel|köszönettel|köszönöm|szívélyes üdvözlettel|üdv|előre is köszönöm|üdvözlet',
  },
  turkish: {
    wrote: 'yazdı|şunu yazdı|şunları yazdı|tarihinde yazdı',
    on: '',
    from: 'kimden|gönderen',
    sent: 'gönderilme|gönderildi|tarih|gönderme tarihi|gönderim tarihi|gönderilme tarihi',
    to: 'kime|alıcı',
    cc: 'bilgi|yanıtla|ekler|önem|gizli',
    subject: 'konu',
    original: 'orijinal ileti|özgün ileti|orijinal mesaj|orijinal e-posta|asıl ileti|özgün randevu',
    forwarded:
      'iletilen mesaj|yönlendirilmiş ileti|iletilmiş ileti başlangıcı|iletilen ileti|iletilmiş mesaj|yönlendirilen mesaj|iletilen ileti başlangıcı|iletilmiş ileti',
    device:
      "iphone’umdan |iphone'umdan |ipad’imden |samsung mobile|android için outlook|ios için outlook|outlook for|iphone'dan |android cihazımdan|yahoo mail'den",
    closing:
      'saygılarımla|saygılarımızla|iyi çalışmalar|teşekkürler|teşekkür ederim|iyi günler|sevgiler|selamlar|kolay gelsin',
  },
  japanese: {
    wrote: 'のメール|は書きました|wrote|のメッセージ|さんの投稿|が書き込みました',
    from: '差出人|送信者|from',
    sent: '送信日時|日時|日付|送信日|date|受信日時',
    to: '宛先|to|受信者',
    cc: 'cc|返信先|添付ファイル|重要度|優先度',
    subject: '件名|題名|subject',
    original: '元のメッセージ|元のメール|オリジナルメッセージ|original message',
    forwarded: '転送メッセージ|転送されたメッセージ|転送されたメール|転送メール|forwarded message|転送元メッセージ',
    device:
      'iphoneから送信|ipadから送信|androidから送信|私のiphoneから送信|outlook for |windows 版のメールから送信|スマートフォンから送信|iphoneから送信されました',
  },
  chinese: {
    wrote: '写道|寫道|写到|寫到',
    from: '发件人|寄件者|寄件人|發件人|发信人',
    sent: '发送时间|发送日期|日期|寄件日期|寄件時間|發送時間|传送日期|時間|时间|傳送日期|已傳送',
    to: '收件人|收件者|主送',
    cc: '抄送|副本|密件副本|附件|重要性|抄送人|回复|副本抄送',
    subject: '主题|主旨|主題|标题|標題',
    original: '原始邮件|原始郵件|原邮件|邮件原件|原始信件|原信|回复的原邮件|原始約會',
    forwarded:
      '转发的邮件|轉寄郵件|转发邮件信息|转发邮件|被转发的邮件|轉寄的郵件|已转发的邮件|轉發郵件|以下是转发的邮件|下面是被转发邮件的内容|開始轉寄郵件|下面是转发的邮件|转发的消息|轉寄訊息|已轉寄的郵件',
    device:
      '发自我的|发自 我的|從我的|从我的|來自我的|发送自|寄自我的|获取 outlook|取得 outlook|下載 outlook|来自我的|从 windows 版邮件发送',
    closing: '此致|顺祝商祺|祝好|敬礼|謝謝|谢谢|敬祝|順頌商祺|敬上|顺颂商祺',
  },
  korean: {
    wrote: '작성|님이 작성|님이 씀|썼습니다|님의 메시지|님이 쓴 글',
    from: '보낸 사람|보낸사람|발신자|보낸이|발신인|from',
    sent: '보낸 날짜|보낸날짜|날짜|보낸 시간|발송일|보낸시간|전송 날짜|date',
    to: '받는 사람|받는사람|수신자|받는이|수신인|to',
    cc: '참조|숨은참조|첨부|중요도|첨부파일',
    subject: '제목|subject',
    original: '원본 메시지|원본 메일|원본메일|원래 메시지|원본 이메일',
    forwarded:
      '전달된 메시지|전달된 메일|전달한 메시지|전달된 메시지 시작|포워딩된 메시지|전달 메시지|forwarded message|전달된 이메일',
    device:
      '나의 iphone|내 iphone|iphone에서 보냄|나의 ipad|갤럭시에서|android용 outlook|ios용 outlook|삼성 모바일|windows용 메일에서 보냄|samsung mobile에서|휴대폰에서 보냄|안드로이드',
    closing: '감사합니다|안녕히 계세요|드림|올림|수고하세요|고맙습니다',
  },
}

const spellings = (pick: (phrases: Phrases) => string | undefined): string[] => [
  ...new Set(
    Object.values(LANGUAGES)
      .flatMap((phrases) => (pick(phrases) ?? '').split('|'))
      .filter(Boolean),
  ),
]

const escaped = (text: string): string => text.replace(/[.*+?^${}()[\]\\]/g, '\\$&')

export type Label = 'from' | 'sent' | 'to' | 'cc' | 'subject'

const LABELS = ['cc', 'to', 'sent', 'subject', 'from'] as const

/** What the label of a header line means; later entries win, so `de` (from) is never something else. */
const labels = new Map<string, Label>(
  LABELS.flatMap((label) => spellings((phrases) => phrases[label]).map((text): [string, Label] => [text, label])),
)

const LABEL_LINE = /^[*_\s]{0,4}([\p{L}][\p{L}\p{M}.'’ /-]{0,30}?)[\s*_]{0,4}[:：]/u

/** The label that a line begins with: `*Von:* Ada` is `from`. */
export function labelOf(line: string): Label | undefined {
  const start = line.slice(0, 50)
  if (!start.includes(':') && !start.includes('：')) return undefined
  const label = LABEL_LINE.exec(start)?.[1]
  return label === undefined ? undefined : labels.get(label.toLowerCase().trim())
}

const originals = new Set(spellings(({ original }) => original))
const forwards = spellings(({ forwarded }) => forwarded)
const forwardSet = new Set(forwards)
const namedForwards = forwards.filter((text) => / (?:by|von|par|por|da|door|av|af)$/.test(text))
const closings = new Set(spellings(({ closing }) => closing))
/** By their first letters: every line of every mail is looked up here. */
const devices = Map.groupBy(
  spellings(({ device }) => device),
  (start) => start.slice(0, 4),
)

const DASHES = '-_=*~—–─━＿>• '

/** A line between dashes without them, in lower case. */
function core(line: string): string {
  let start = 0
  let end = line.length
  while (start < end && DASHES.includes(line[start] ?? '')) start++
  while (end > start && `${DASHES}:：`.includes(line[end - 1] ?? '')) end--
  return line.slice(start, end).toLowerCase()
}

const hasDashes = (line: string): boolean => /^[*>\s]{0,4}[-_=*~—–─]{2}/.test(line)

/** `-----Original Message-----`: what follows is what is answered. */
export const isOriginalSeparator = (line: string): boolean =>
  line.length < 120 && hasDashes(line) && originals.has(core(line))

/** `---------- Forwarded message ---------`, `Begin forwarded message:`. */
export function isForwardSeparator(line: string): boolean {
  const isBetweenDashes = hasDashes(line)
  if (line.length > 160 || !(isBetweenDashes || endsInColon(line))) return false
  const text = core(line)
  if (isBetweenDashes) return forwardSet.has(text) || namedForwards.some((start) => text.startsWith(`${start} `))
  return forwardSet.has(text)
}

/** What other help desks ask their readers to write above. */
export const isReplyLine = (line: string): boolean =>
  line.length < 200 &&
  /(?:please )?(?:type|write|enter) your reply above this line|^[-#=\s]*reply above this line|bitte antworten sie oberhalb dieser (?:linie|zeile)|répondez au-dessus de cette ligne|^-{3,}\s*please reply above this line/i.test(
    line,
  )

const WROTE = new RegExp(
  spellings(({ wrote }) => wrote)
    .map(escaped)
    .join('|'),
  'i',
)
const ON = new RegExp(
  `^[*"'>\\s-]{0,4}(?:(?:${spellings(({ on }) => on)
    .map(escaped)
    .join('|')})[.,]?[\\s\\u00a0]|\\d{1,4}[-./年년. ]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[,.])`,
  'i',
)
const ENDS_IN_COLON = /[:：]["'*_\s]*$/
const TIME = /\d\s?[:.h]\s?\d\d|[12]\d{3}/

/** Whether a line can be the end of "On Monday, Ada wrote:". */
export const endsInColon = (line: string): boolean => ENDS_IN_COLON.test(line.slice(-8))

/** Said right above a quote: any of the ways in which programs name whom they quote. */
export const isAttribution = (line: string): boolean =>
  line.length < 500 && endsInColon(line) && (WROTE.test(line) || (/\d/.test(line) && /[@<]/.test(line)))

/** Said where nothing marks the quote: only what no person would write by himself. */
export const isPlainAttribution = (line: string): boolean =>
  line.length < 500 && endsInColon(line) && ON.test(line) && TIME.test(line) && WROTE.test(line)

/** How an attribution begins whose end is on the next line. */
export const beginsAttribution = (line: string): boolean => ON.test(line) && /\d/.test(line) && !/[.!?]$/.test(line)

const DEVICE =
  /iphone|ipad|android|mail|outlook|samsung|galaxy|huawei|xiaomi|mobil|phone|handy|smart|tablet|blackberry|windows|yahoo|gmx|web\.de|proton|spark|\bapps?\b|telefon|teléfono|téléphone|携帯|手机|手機|갤럭시|휴대폰|nokia|pixel|oneplus|telefoon|телефон|puhelim|gerät|appareil|dispositivo|почт|cihaz/i

export function isDeviceLine(line: string): boolean {
  if (line.length > 140) return false
  const text = line.toLowerCase().replace(/^[*_\s[(<>-]{1,4}/, '')
  const starts = devices.get(text.slice(0, 4))
  if (starts?.some((start) => text.startsWith(start))) return DEVICE.test(text) && !/[?:]$/.test(text)
  return /(?:gesendet|gönderildi|から送信|에서 보냄|傳送|küldve)\.?$/.test(text) && DEVICE.test(text)
}

/** `Best regards,` and what comes close. */
export function isClosing(line: string): boolean {
  if (line.length > 60) return false
  const text = line
    .toLowerCase()
    .replace(/[\s,.!;:–—-]+$/, '')
    .replace(/^[\s*_]+/, '')
  if (closings.has(text)) return true
  const [beforeComma = ''] = text.split(/[,!]/)
  return beforeComma.length < text.length && beforeComma.length > 3 && closings.has(beforeComma)
}
