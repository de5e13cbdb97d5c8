// Plain texts as programs and people really write them, cut where they must be cut: M what was written, Q what is quoted,
// S the signature. The text of the mail is the pieces one after another.
export type Sample = [name: string, ...pieces: [kind: 'M' | 'Q' | 'S', text: string][]]

const OLD = '> Hello,\n> your order has been shipped.\n>\n> Support\n'
const M = (text: string): ['M', string] => ['M', text]
const Q = (text: string): ['Q', string] => ['Q', text]
const S = (text: string): ['S', string] => ['S', text]

export const texts: Sample[] = [
  ['a mail without anything around it', M('Hello,\n\nmy printer is on fire.\n\nAda\n')],
  [
    'Gmail, English',
    M('Thanks!\n\n'),
    Q(`On Mon, Mar 4, 2024 at 10:00 AM Support <support@desk.test> wrote:\n\n${OLD}`),
  ],
  [
    'Gmail, English, broken into two',
    M('Thanks!\n\n'),
    Q(`On Mon, Mar 4, 2024 at 10:00 AM Customer Support Team <\nsupport@desk.test> wrote:\n\n${OLD}`),
  ],
  [
    'Gmail, German',
    M('Danke!\n\n'),
    Q(`Am Mo., 4. März 2024 um 10:00 Uhr schrieb Support <support@desk.test>:\n\n${OLD}`),
  ],
  [
    'Gmail, French',
    M('Merci !\n\n'),
    Q(`Le lun. 4 mars 2024 à 10:00, Support <support@desk.test> a écrit :\n\n${OLD}`),
  ],
  [
    'Gmail, Spanish',
    M('Vale\n\n'),
    Q(`El lun, 4 mar 2024 a las 10:00, Support (<support@desk.test>) escribió:\n\n${OLD}`),
  ],
  [
    'Gmail, Italian',
    M('Va bene\n\n'),
    Q(`Il giorno lun 4 mar 2024 alle ore 10:00 Support <support@desk.test> ha scritto:\n\n${OLD}`),
  ],
  [
    'Gmail, Portuguese',
    M('Certo\n\n'),
    Q(`Em seg., 4 de mar. de 2024 às 10:00, Support <support@desk.test> escreveu:\n\n${OLD}`),
  ],
  ['Gmail, Dutch', M('Prima\n\n'), Q(`Op ma 4 mrt 2024 om 10:00 schreef Support <support@desk.test>:\n\n${OLD}`)],
  ['Gmail, Polish', M('Dobrze\n\n'), Q(`pon., 4 mar 2024 o 10:00 Support <support@desk.test> napisał(a):\n\n${OLD}`)],
  ['Gmail, Czech', M('Dobře\n\n'), Q(`po 4. 3. 2024 v 10:00 odesílatel Support <support@desk.test> napsal:\n\n${OLD}`)],
  [
    'Gmail, Russian, which has no verb',
    M('Хорошо\n\n'),
    Q(`пн, 4 мар. 2024 г. в 10:00, Support <support@desk.test>:\n\n${OLD}`),
  ],
  ['Gmail, Swedish', M('Bra\n\n'), Q(`Den mån 4 mars 2024 kl 10:00 skrev Support <support@desk.test>:\n\n${OLD}`)],
  ['Gmail, Danish', M('Godt\n\n'), Q(`Den man. 4. mar. 2024 kl. 10.00 skrev Support <support@desk.test>:\n\n${OLD}`)],
  ['Gmail, Norwegian', M('Bra\n\n'), Q(`man. 4. mars 2024 kl. 10:00 skrev Support <support@desk.test>:\n\n${OLD}`)],
  [
    'Gmail, Finnish',
    M('Hyvä\n\n'),
    Q(`ma 4. maalisk. 2024 klo 10.00 Support (support@desk.test) kirjoitti:\n\n${OLD}`),
  ],
  [
    'Gmail, Hungarian',
    M('Jó\n\n'),
    Q(`Support <support@desk.test> ezt írta (időpont: 2024. márc. 4., H, 10:00):\n\n${OLD}`),
  ],
  [
    'Gmail, Turkish',
    M('Tamam\n\n'),
    Q(`Support <support@desk.test>, 4 Mar 2024 Pzt, 10:00 tarihinde şunu yazdı:\n\n${OLD}`),
  ],
  ['Gmail, Japanese', M('了解しました。\n\n'), Q(`2024年3月4日(月) 10:00 Support <support@desk.test>:\n\n${OLD}`)],
  ['Gmail, Chinese', M('好的\n\n'), Q(`Support <support@desk.test> 于2024年3月4日周一 10:00写道：\n\n${OLD}`)],
  [
    'Gmail, Chinese of Taiwan',
    M('好的\n\n'),
    Q(`Support <support@desk.test> 於 2024年3月4日 週一 上午10:00寫道：\n\n${OLD}`),
  ],
  [
    'Gmail, Korean',
    M('알겠습니다\n\n'),
    Q(`2024년 3월 4일 (월) 오전 10:00, Support <support@desk.test>님이 작성:\n\n${OLD}`),
  ],
  ['Thunderbird, German', M('Danke!\n\n'), Q(`Am 04.03.24 um 10:00 schrieb Support:\n${OLD}`)],
  [
    'Thunderbird, answering below',
    Q(`On 3/4/24 10:00, Support wrote:\n${OLD}`),
    M('\nIt has not arrived.\n\n'),
    S('-- \nAda Berg\nBerg Ltd\n'),
  ],
  ['Horde', M('Danke\n\n'), Q(`Zitat von Support <support@desk.test>:\n\n${OLD}`)],
  ['mutt', M('ok\n\n'), Q(`* Support <support@desk.test> [2024-03-04 10:00]:\n${OLD}`)],
  [
    'answers between the lines',
    Q('On 3/4/24 10:00, Support wrote:\n> Which model?\n'),
    M('\nThe X 200.\n\n'),
    Q('> Since when?\n'),
    M('\nSince Monday. It says:\n\n    ERROR 5\n\n'),
    Q('> Regards\n> Support\n'),
  ],
  [
    'quotes in quotes, with ends of lines that were broken',
    Q(
      'On 3/4/24 10:00, Support wrote:\n> > The first line of something that is longer than a line may be in a mail and\n> breaks\n> The second line of something that is longer than a line may be in a mail so it\nbreaks too\n> and goes on.\n',
    ),
    M('\nI see.\n'),
  ],
  [
    'Outlook, English',
    M('Thank you, it works.\n\n'),
    Q(
      '-----Original Message-----\nFrom: Support <support@desk.test>\nSent: Monday, March 4, 2024 10:00 AM\nTo: Ada Berg\nSubject: Your order\n\nHello,\nit was shipped.\n',
    ),
  ],
  [
    'Outlook, English, with a line',
    M('Thank you.\n\n'),
    Q(
      '________________________________\nFrom: Support <support@desk.test>\nSent: Monday, March 4, 2024 10:00\nTo: Ada Berg <ada@example.com>\nSubject: Your order\n\nHello\n',
    ),
  ],
  [
    'Outlook, with a signature',
    M('Thank you.\n\n'),
    S('Kind regards,\n\nAda Berg\nHead of Sales\nBerg Ltd\nTel. +44 20 7946 0958\n\n'),
    Q('From: Support\nSent: 04 March 2024 10:00\nTo: Ada Berg\nSubject: Your order\n\nHello\n'),
  ],
  [
    'Outlook, German',
    M('Es geht wieder.\n\n'),
    S('Mit freundlichen Grüßen\n\nMax Muster\nMuster GmbH\nTelefon: 030 1234567\n\n'),
    Q(
      'Von: Support <support@desk.test>\nGesendet: Montag, 4. März 2024 10:00\nAn: Max Muster\nCc: Ada Berg\nBetreff: AW: Ihr Auftrag\n\nGuten Tag\n',
    ),
  ],
  [
    'Outlook, German, older',
    M('Danke\n\n'),
    Q(
      '-----Ursprüngliche Nachricht-----\nVon: Support [mailto:support@desk.test]\nGesendet: Montag, 4. März 2024 10:00\nAn: Max\nBetreff: Auftrag\n\nGuten Tag\n',
    ),
  ],
  [
    'T-Online',
    M('Danke\n\n'),
    Q(
      '-----Original-Nachricht-----\nBetreff: Ihr Auftrag\nDatum: 2024-03-04T10:00:00+0100\nVon: "Support" <support@desk.test>\nAn: "Max" <max@example.de>\n\nGuten Tag\n',
    ),
  ],
  [
    'GMX',
    M('Danke\n \n'),
    Q(
      'Gesendet: Montag, 04. März 2024 um 10:00 Uhr\nVon: Support <support@desk.test>\nAn: max@example.de\nBetreff: Ihr Auftrag\n\nGuten Tag\n',
    ),
  ],
  [
    'Outlook, French',
    M('Merci\n\n'),
    Q(
      'De : Support <support@desk.test>\nEnvoyé : lundi 4 mars 2024 10:00\nÀ : Ada Berg\nObjet : RE: commande\n\nBonjour\n',
    ),
  ],
  [
    'Outlook, French, older',
    M('Merci\n\n'),
    Q("-----Message d'origine-----\nDe : Support\nEnvoyé : lundi 4 mars 2024\nÀ : Ada\nObjet : commande\n\nBonjour\n"),
  ],
  [
    'Orange',
    M('Merci\n\n'),
    Q(
      '> Message du 04/03/24 10:00\n> De : "Support" <support@desk.test>\n> A : ada@orange.fr\n> Objet : commande\n>\n> Bonjour\n',
    ),
  ],
  [
    'Outlook, Spanish',
    M('Gracias\n\n'),
    Q(
      'De: Support <support@desk.test>\nEnviado el: lunes, 4 de marzo de 2024 10:00\nPara: Ada\nAsunto: Pedido\n\nHola\n',
    ),
  ],
  [
    'Outlook, Italian',
    M('Grazie mille, funziona.\n\n'),
    Q(
      'Da: Support <support@desk.test>\nInviato: lunedì 4 marzo 2024 10:00\nA: Ada\nOggetto: R: ordine\n\nBuongiorno\n',
    ),
  ],
  [
    'Libero',
    M('Va bene\n\n'),
    Q(
      '----Messaggio originale----\nDa: support@desk.test\nData: 4-mar-2024 10.00\nA: <ada@libero.it>\nOgg: ordine\n\nBuongiorno\n',
    ),
  ],
  [
    'Outlook, Portuguese',
    M('Certo\n\n'),
    Q(
      'De: Support <support@desk.test>\nEnviada em: segunda-feira, 4 de março de 2024 10:00\nPara: Ada\nAssunto: RES: Pedido\n\nOlá\n',
    ),
  ],
  [
    'Outlook, Dutch',
    M('Het werkt.\n\n'),
    Q(
      'Van: Support <support@desk.test>\nVerzonden: maandag 4 maart 2024 10:00\nAan: Ada\nOnderwerp: RE: bestelling\n\nHallo\n',
    ),
  ],
  [
    'Outlook, Polish',
    M('Działa.\n\n'),
    Q(
      'Od: Support <support@desk.test>\nWysłano: poniedziałek, 4 marca 2024 10:00\nDo: Ada\nTemat: Zamówienie\n\nDzień dobry\n',
    ),
  ],
  [
    'Seznam',
    M('Funguje to.\n\n'),
    Q(
      '---------- Původní e-mail ----------\nOd: Support <support@desk.test>\nKomu: ada@seznam.cz\nDatum: 4. 3. 2024 10:00:00\nPředmět: Objednávka\n\nDobrý den\n',
    ),
  ],
  [
    'Outlook, Russian',
    M('Работает.\n\n'),
    Q('От: Support <support@desk.test>\nОтправлено: 4 марта 2024 г. 10:00\nКому: Ада\nТема: Заказ\n\nЗдравствуйте\n'),
  ],
  [
    'mail.ru',
    M('Работает.\n\n'),
    Q(`Понедельник, 4 марта 2024, 10:00 +03:00 от Support <support@desk.test>:\n\n${OLD}`),
  ],
  [
    'Outlook, Swedish',
    M('Det fungerar.\n\n'),
    Q('Från: Support <support@desk.test>\nSkickat: den 4 mars 2024 10:00\nTill: Ada\nÄmne: SV: Order\n\nHej\n'),
  ],
  [
    'Outlook, Danish',
    M('Det virker.\n\n'),
    Q('Fra: Support <support@desk.test>\nSendt: 4. marts 2024 10:00\nTil: Ada\nEmne: SV: Ordre\n\nHej\n'),
  ],
  [
    'Outlook, Finnish',
    M('Toimii.\n\n'),
    Q(
      'Lähettäjä: Support <support@desk.test>\nLähetetty: maanantai 4. maaliskuuta 2024 10.00\nVastaanottaja: Ada\nAihe: VS: Tilaus\n\nHei\n',
    ),
  ],
  [
    'Outlook, Hungarian',
    M('Működik.\n\n'),
    Q(
      'Feladó: Support <support@desk.test>\nElküldve: 2024. március 4., hétfő 10:00\nCímzett: Ada\nTárgy: RE: Rendelés\n\nJó napot\n',
    ),
  ],
  [
    'Outlook, Turkish',
    M('Çalışıyor.\n\n'),
    Q(
      'Kimden: Support <support@desk.test>\nGönderilme: 4 Mart 2024 Pazartesi 10:00\nKime: Ada\nKonu: YNT: Sipariş\n\nMerhaba\n',
    ),
  ],
  [
    'Outlook, Japanese',
    M('動きました。\n\n'),
    Q('差出人: Support <support@desk.test>\n送信日時: 2024年3月4日 10:00\n宛先: 山田\n件名: RE: 注文\n\nこんにちは\n'),
  ],
  [
    'QQ',
    M('可以了。\n\n\n'),
    Q(
      '------------------ 原始邮件 ------------------\n发件人: "Support" <support@desk.test>;\n发送时间: 2024年3月4日(星期一) 上午10:00\n收件人: "Ada"<1@qq.com>;\n主题: 订单\n\n您好\n',
    ),
  ],
  [
    'Outlook, Korean',
    M('됩니다.\n\n'),
    Q(
      '보낸 사람: Support <support@desk.test>\n보낸 날짜: 2024년 3월 4일 월요일 오전 10:00\n받는 사람: Ada\n제목: RE: 주문\n\n안녕하세요\n',
    ),
  ],
  [
    'Naver',
    M('됩니다.\n\n'),
    Q(
      '-----Original Message-----\nFrom: "Support"<support@desk.test>\nTo: "Ada"<ada@naver.com>;\nCc:\nSent: 2024-03-04 (월) 10:00:00 (GMT+09:00)\nSubject: 주문\n\n안녕하세요\n',
    ),
  ],
  [
    'an iPhone',
    M('Works now\n\n'),
    S('Sent from my iPhone\n\n'),
    Q(`> On 4 Mar 2024, at 10:00, Support <support@desk.test> wrote:\n> \n${OLD}`),
  ],
  [
    'an iPhone, German',
    M('Geht\n\n'),
    S('Von meinem iPhone gesendet\n\n'),
    Q(`> Am 04.03.2024 um 10:00 schrieb Support <support@desk.test>:\n> \n${OLD}`),
  ],
  [
    'an iPhone, French',
    M('Ça marche\n\n'),
    S('Envoyé de mon iPhone\n\n'),
    Q(`> Le 4 mars 2024 à 10:00, Support <support@desk.test> a écrit :\n> \n${OLD}`),
  ],
  [
    'Outlook on a telephone',
    M('Works now\n\n'),
    S('Get Outlook for iOS<https://aka.ms/o0ukef>\n'),
    Q(
      '________________________________\nFrom: Support <support@desk.test>\nSent: Monday, March 4, 2024 10:00:00 AM\nTo: Ada <ada@example.com>\nSubject: Order\n\nHello\n',
    ),
  ],
  [
    'Samsung',
    M('Works now\n\n\n\n'),
    S('Sent from my Galaxy\n\n\n'),
    Q(
      '-------- Original message --------\nFrom: Support <support@desk.test>\nDate: 3/4/24 10:00 (GMT+00:00)\nTo: ada@example.com\nSubject: Order\n\nHello\n',
    ),
  ],
  [
    'Proton Mail',
    M('Works now\n\n'),
    S('Sent with Proton Mail secure email.\n\n'),
    Q(`On Monday, March 4th, 2024 at 10:00, Support <support@desk.test> wrote:\n\n${OLD}`),
  ],
  [
    'Yahoo, which marks nothing',
    M('Works now\n\n'),
    Q(
      '    On Monday, March 4, 2024 at 10:00:00 AM GMT, Support <support@desk.test> wrote:\n\n Hello,\nit was shipped.\n',
    ),
  ],
  ['a signature by the old rule', M('Hello\n\n'), S('-- \nAda Berg\nhttps://berg.test\n')],
  ['a signature that says little is part of the message', M('Hello\n\nBest regards,\nAda\n')],
  [
    'thanks are part of the message',
    M('Please send it again.\n\nThanks\n\nAlso, can you tell me when it will be there?\nI am away next week.\nAda\n'),
  ],
  [
    'a signature in a frame',
    M('よろしくお願いいたします。\n\n'),
    S(
      '----------------------------------\n株式会社山田 営業部\n山田太郎\nTEL: 03-1234-5678\n----------------------------------\n',
    ),
  ],
  [
    'the foot of a list',
    M('Hello list\n\n'),
    S(
      '_______________________________________________\nUsers mailing list\nusers@lists.test\nhttps://lists.test/listinfo/users\n',
    ),
  ],
  [
    'a notice of a lawyer',
    M('Hello\n\n'),
    S(
      'Kind regards\nAda Berg\nBerg LLP\n\nThis e-mail is confidential and may be privileged. If you are not the intended recipient, please delete it at once.\n',
    ),
  ],
  [
    'passed on with nothing above',
    M(
      '\n\n---------- Forwarded message ---------\nFrom: Ada <ada@example.com>\nDate: Mon, Mar 4, 2024 at 10:00 AM\nSubject: Broken\nTo: <me@desk.test>\n\n\nMy printer is broken.\n',
    ),
  ],
  [
    'passed on with a signature above',
    S('Mit freundlichen Grüßen\nMax Muster\nMuster GmbH\nTel: 030 1234567\n\n'),
    M(
      '-----Weitergeleitete Nachricht-----\nVon: Ada <ada@example.com>\nGesendet: 4. März 2024 10:00\nAn: Max\nBetreff: Kaputt\n\nMein Drucker ist kaputt.\n',
    ),
  ],
  [
    'passed on by Apple',
    M(
      'Begin forwarded message:\n\nFrom: Ada <ada@example.com>\nSubject: Broken\nDate: 4 March 2024 at 10:00:00 GMT\nTo: me@desk.test\n\nMy printer is broken.\n',
    ),
  ],
  [
    'passed on with a word above',
    M('Can you help her?\n\n'),
    Q(
      '---------- Forwarded message ---------\nFrom: Ada <ada@example.com>\nDate: Mon, Mar 4, 2024 at 10:00 AM\nSubject: Broken\nTo: <me@desk.test>\n\nMy printer is broken.\n',
    ),
  ],
  [
    'passed on, with what was answered there',
    M(
      '-------- Forwarded Message --------\nSubject: Broken\nDate: Mon, 4 Mar 2024 10:00:00 +0000\nFrom: Ada <ada@example.com>\nTo: me@desk.test\n\nStill broken.\n\n',
    ),
    Q('-----Original Message-----\nFrom: Me\nSent: Sunday\nTo: Ada\nSubject: Broken\n\nIs it?\n'),
  ],
  [
    'passed on in Outlook, where it looks like an answer',
    M(
      '\nFrom: Ada <ada@example.com>\nSent: Monday, March 4, 2024 10:00\nTo: Me\nSubject: Broken\n\nMy printer is broken.\n',
    ),
  ],
  ['nothing but a quote', M(`On Mon, Mar 4, 2024 at 10:00 AM Support <support@desk.test> wrote:\n\n${OLD}`)],
  ['nothing but a telephone', M('Sent from my iPhone\n')],
  [
    'a journey is no quote',
    M('Please book:\n\nFrom: Berlin\nTo: Paris\nDate: 4 March 2024\nPassengers: 2\n\nBest\nAda\n'),
  ],
  ['a form is no quote', M('From: Ada\nEmail: ada@example.com\nSubject: Broken\nMessage: It is broken.\n')],
  ['a colon is no quote', M('As you wrote on Monday:\n\nI want a new one.\n')],
  [
    'who is sent something was not sent by a telephone',
    M('Hello,\n\nSent via DHL yesterday.\nVon meinem Konto wurde abgebucht.\n'),
  ],
  ['dashes do not end a message', M('First\n\n-----------\n\nSecond part, which is longer and says what is wanted.\n')],
  [
    'another help desk',
    M('It works.\n\n'),
    Q('##- Please type your reply above this line -##\n\nYour request (12) has been updated.\n'),
  ],
  [
    'another help desk, first mail',
    M('##- Please type your reply above this line -##\n\nYour request (12) has been received.\n'),
  ],
]
