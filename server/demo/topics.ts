// What people write to the support of a shop for coffee machines, and what its agents answer.
import { type Phrase, phrase } from './grammar.ts'

export interface Topic {
  /** Index into the departments of people.ts. */
  department: number
  /** Names of tags. */
  tags: readonly string[]
  /** How often it comes, compared with the others. */
  weight: number
  /** The first opening goes with the first subject, the first answer and the first follow-up, and so on. */
  subjects: Phrases
  openings: Phrases
  /** What the customer writes after the first answer. */
  followUps: Phrases
  answers: Phrases
  /** What ends it. */
  closings: Phrases
  notes: Phrases
}

export type Phrases = readonly [Phrase, ...Phrase[]]

const phrases = (first: string, ...others: string[]): Phrases => [phrase(first), ...others.map(phrase)]

interface Source {
  department: number
  tags: readonly string[]
  weight: number
  subjects: readonly [string, ...string[]]
  openings: readonly [string, ...string[]]
  followUps: readonly [string, ...string[]]
  answers: readonly [string, ...string[]]
  closings: readonly [string, ...string[]]
  notes: readonly [string, ...string[]]
}

const topic = (source: Source): Topic => ({
  ...source,
  subjects: phrases(...source.subjects),
  openings: phrases(...source.openings),
  followUps: phrases(...source.followUps),
  answers: phrases(...source.answers),
  closings: phrases(...source.closings),
  notes: phrases(...source.notes),
})

const GREETING = '[Hello|Hi|Good morning|Hi there|Dear support team],\n\n'
const SIGNED = '\n\n[Best|Best regards|Kind regards|Thanks|Many thanks],\n{first}'
const DEAR = '[Hello|Hi|Dear] {first},\n\n'
const TEAM = '\n\n[Best regards|Kind regards|All the best],\n{agent}\nBrewfield Support'

export const THANKS: Phrases = phrases(
  '[Great|Perfect|Wonderful], [thank you|thanks] for the [quick|fast|kind] help!\n\n{first}',
  '[That did it|It works now|All sorted]. [Thanks a lot|Thank you very much]!',
  '[Thanks|Thank you], {agentFirst}. [Have a nice day|Much appreciated].',
)

/** What agents answer when it goes on. */
export const LATER_ANSWERS: Phrases = phrases(
  `${DEAR}thank you for [letting me know|the details]. I have [asked a colleague|looked into it again]: it is noted on {order}, and you will hear from us by {date}.${TEAM}`,
  `${DEAR}[you are right, that was our mistake|I see what you mean]. I have corrected it and added a small thank-you to your account: the voucher {voucher}-T.${TEAM}`,
  `${DEAR}[yes, that is fine|yes, we can do that]. I have put it into the notes of your account, so nobody has to ask you again.${TEAM}`,
  `${DEAR}may I call you about it? It is [quicker|easier] to explain on the phone. If you prefer to write, please tell me [when you bought the {product}|what the label on the bottom says].${TEAM}`,
)

const SALES = 0
const ORDERS = 1
const TECHNICAL = 2
const BILLING = 3

export const topics: readonly [Topic, ...Topic[]] = [
  topic({
    department: ORDERS,
    tags: ['delivery'],
    weight: 16,
    subjects: [
      'Where is my order {order}?',
      'Order {order} has not arrived',
      'Order {order}: [which neighbour|not at any neighbour]?',
    ],
    openings: [
      `${GREETING}I ordered a {product} on {date} (order {order}) and it [still has not arrived|is not here yet]. The tracking page of {carrier} [has not changed for {days} days|only says "label created"]. [Can you find out where it is?|Could you please check?]${SIGNED}`,
      `${GREETING}my order {order} was promised for {date}. [I took a day off to be at home|We were at home all day], but nobody came. [When can I expect it?|What happened?]${SIGNED}`,
      `${GREETING}{carrier} says that order {order} was delivered to a neighbour, but none of my neighbours in {city} [has it|knows anything about it]. What can we do?${SIGNED}`,
    ],
    followUps: [
      `[It has been two more days|Another {days} days have passed] and [there is still no parcel|nothing has come]. I need the {product} for a birthday. [Please help|Can you send another one]?`,
      `Thank you, but the link that you sent [shows an error|says that the number is unknown]. [Is the number right?|Could you send it again?]`,
      `[The parcel came today|It has arrived], but the box is [torn|wet] and the water tank is cracked. I attach a description instead of a photo: a crack from top to bottom, about 8 cm.`,
    ],
    answers: [
      `${DEAR}I am sorry about the wait. I have [asked {carrier}|opened an inquiry with {carrier}] where order {order} is. They [usually answer|have promised an answer] within two working days, and I will write to you [at once|as soon as I know more].${TEAM}`,
      `${DEAR}[thank you for writing|thank you for your patience]. Your {product} left our warehouse on {date}. {carrier} had a backlog in {city}; the parcel is on the van now and should be with you tomorrow.${TEAM}`,
      `${DEAR}{carrier} cannot find the parcel, so I am sending you a new {product} today, at no cost. You will get the tracking number by e-mail [this evening|within the hour]. If the first one turns up after all, please just refuse it.${TEAM}`,
    ],
    closings: [
      `${DEAR}{carrier} reports that order {order} was handed over today. [Enjoy your coffee|I hope that all is well now]! If anything is missing, just answer this message.${TEAM}`,
    ],
    notes: [
      'Inquiry {order} opened with {carrier}. Call them on Thursday if nothing comes back.',
      'Second complaint about {carrier} in {city} this week. Told the warehouse.',
      'Replacement sent. Old parcel must be booked as lost when {carrier} confirms.',
    ],
  }),
  topic({
    department: ORDERS,
    tags: ['return', 'refund'],
    weight: 12,
    subjects: [
      '[Return of order {order}|I would like to send back my {product}]',
      'Wrong [item|colour] in order {order}',
      'Refund for {order}?',
    ],
    openings: [
      `${GREETING}I received the {product} from order {order} but it is [louder than I thought|too big for our kitchen|not what I expected]. It is unused. How do I return it, and [who pays for the parcel?|when do I get the {amount} back?]${SIGNED}`,
      `${GREETING}you sent me the wrong [colour|model]: I ordered a {product} in black and got it in red (order {order}). Please send the right one.${SIGNED}`,
      `${GREETING}I sent back order {order} on {date} and {carrier} confirms that you got it, but I [am still waiting for|have not received] my {amount}. [Has it been forgotten?|When will it come?]${SIGNED}`,
    ],
    followUps: [
      `Thanks. I [do not have a printer|cannot print the label]. Is there a way to [do it with a code on the phone|get the label by post]?`,
      `I have handed the parcel in, number {order}-R. [How long does the refund take?|Will you write when it is there?]`,
      `The money has arrived, but it is [9.90 short|less than I paid]. [Did you deduct the shipping?|Why?]`,
    ],
    answers: [
      `${DEAR}[no problem|of course]. You can return the {product} within 30 days. The label is in your account under Orders → {order} → Return; [the return is free|we pay for the parcel]. The refund of {amount} goes to the card that you paid with, two or three days after the parcel is here.${TEAM}`,
      `${DEAR}I am sorry about the mix-up. The right {product} leaves today. Please put the wrong one into the same box; {carrier} collects it on {date}.${TEAM}`,
      `${DEAR}thank you for the reminder. Your return was checked in on {date}, and I have released the refund of {amount} just now. Depending on your bank it takes one to three working days.${TEAM}`,
    ],
    closings: [
      `${DEAR}your refund of {amount} for order {order} has been paid. [Thank you for your patience|I hope that we can make you happy next time].${TEAM}`,
    ],
    notes: [
      'Return checked: unused, complete. Refund {amount} released.',
      'Picking error, third one in aisle 7. Warehouse knows.',
      'Customer pays attention to the shipping costs: refund those too, out of goodwill.',
    ],
  }),
  topic({
    department: TECHNICAL,
    tags: ['machine', 'how-to'],
    weight: 18,
    subjects: [
      '{product}: error {error}',
      'Water [leaks from|under] my {product}',
      'Coffee is too [weak|bitter] ({product})',
      'How do I descale the {product}?',
    ],
    openings: [
      `${GREETING}my {product} shows {error} since this morning and does not brew any more. I have [switched it off and on|unplugged it for an hour] already. It is {months} months old. What [can I do|does {error} mean]?${SIGNED}`,
      `${GREETING}there is water under my {product} after every cup. [I changed the seal last month|The tank sits properly]. Is that [dangerous|a case for the warranty]?${SIGNED}`,
      `${GREETING}the coffee from my {product} has become [weak and watery|bitter] although I use the same beans and grind. I [last descaled it in spring|have never descaled it]. [Any idea?|What do you advise?]${SIGNED}`,
      `${GREETING}the manual of the {product} says "descale regularly". How often is that with [hard|very soft] water, and may I use [vinegar|citric acid]?${SIGNED}`,
    ],
    followUps: [
      `I did all that. The light [blinks three times|turns orange] and then {error} comes back.`,
      `[That helped for a day|It worked twice], now it is as before. I think that it has to be repaired. It is [still under warranty|{months} months old].`,
      `That was it for two weeks, but now [it is as weak as before|the bitter taste is back]. [What else can it be?|Is it the beans?]`,
      `Where do I find the [filter|valve]? The picture in the manual shows another model.`,
    ],
    answers: [
      `${DEAR}{error} means that the pump gets no water, mostly because of scale. Please fill the tank with 0.5 l of water and one bag of descaler, hold the left button for five seconds, and let the programme run [to the end|twice]. Then rinse with fresh water. [Please tell me if the message comes back.|Does it go away?]${TEAM}`,
      `${DEAR}that sounds like the seal of the brewing group. Take it out (page 14 of the manual), clean it under warm water, and look whether the seal has a nick. If so, I send you a new one [free of charge|under warranty].${TEAM}`,
      `${DEAR}mostly that is scale, or a grind that is too coarse. Please descale it once, then set the grinder one step finer and wait for three cups. [That should bring the taste back.|Does it help?]${TEAM}`,
      `${DEAR}please do not use vinegar: it attacks the seals. Citric acid is fine, one spoon to half a litre. With hard water descale every two months, with soft water every six.${TEAM}`,
      `${DEAR}then it is a case for our workshop. The label is attached to your account; pack the {product} without tank and drip tray. The repair takes [about a week|five to seven working days], and it is covered by the warranty.${TEAM}`,
    ],
    closings: [
      `${DEAR}your {product} is repaired and on its way back to {city}. We replaced the pump and the seals and brewed twenty cups with it: all well.${TEAM}`,
    ],
    notes: [
      'Same {error} as in three other cases of this batch. Ask the manufacturer.',
      'Workshop: pump and seals replaced, tested. Warranty.',
      'Customer is patient and knows machines: skip the basics.',
    ],
  }),
  topic({
    department: BILLING,
    tags: ['invoice'],
    weight: 9,
    subjects: [
      'VAT number missing on invoice {invoice}',
      'Charged twice for {order}',
      'Please send me invoice {invoice} again',
    ],
    openings: [
      `${GREETING}our accounting needs an invoice for order {order} with our company name and VAT number on it. [Could you change it?|Please issue a new one.]${SIGNED}`,
      `${GREETING}my card was charged {amount} twice on {date}, but I ordered only once ({order}). Please [refund one of the two|look into it].${SIGNED}`,
      `${GREETING}I cannot find invoice {invoice} in my account any more. We need it for our tax return. [Can you send it as PDF?|Where do I find it?]${SIGNED}`,
    ],
    followUps: [
      `The address is still the old one. It must be: {company}, 12 Mill Lane, {city}.`,
      `My bank says that both payments are [booked|final], not reserved. I can send the statement.`,
      `Thank you. Could you send [all invoices of this year|the future ones to accounting] as well?`,
    ],
    answers: [
      `${DEAR}here is what I changed: invoice {invoice} now names {company} and your VAT number. You find it in your account under Invoices; the old one is cancelled.${TEAM}`,
      `${DEAR}I see the two amounts. One of them is a reservation that {bank} releases by itself, [mostly within five days|at the latest on {date}]. If it is still there after that, I will [press them|have it returned].${TEAM}`,
      `${DEAR}invoice {invoice} is from our old system, which is why your account does not show it. I have [attached it to your account|put it there now].${TEAM}`,
    ],
    closings: [
      `${DEAR}{bank} has confirmed that the {amount} went back on {date}. I close this one; just answer if anything is left.${TEAM}`,
    ],
    notes: ['VAT number checked, it is valid.', 'Double booking confirmed by {bank}, reference {invoice}-2.'],
  }),
  topic({
    department: BILLING,
    tags: ['subscription'],
    weight: 8,
    subjects: [
      '[Pause|Holiday break for] my bean subscription',
      'Cancel my subscription',
      'Subscription: card [expired|declined]',
    ],
    openings: [
      `${GREETING}we are away until {date} and would like to pause the bean subscription ([two bags a month|one bag a week]). I [could not find|do not see] where to do that.${SIGNED}`,
      `${GREETING}please cancel my subscription. [The coffee is good, but I drink less of it now|I am moving abroad]. Do I have to [give notice|pay anything]?${SIGNED}`,
      `${GREETING}my card has expired and the payment for the beans was declined. I have a new one. [Where do I enter it?|Can I pay by invoice instead?]${SIGNED}`,
    ],
    followUps: [
      `I paused it, but today there was [another parcel|a charge of {amount}]. Was that [already on its way|a mistake]?`,
      `[One more thing|By the way]: what happens to the points that I have collected?`,
      `The new card is in, thanks. Can I change to [decaf|the dark roast] from next month?`,
    ],
    answers: [
      `${DEAR}done: your subscription rests until {date} and then goes on by itself. You can do it yourself under Subscription → Pause, [up to two days before a parcel|at any time].${TEAM}`,
      `${DEAR}your subscription is cancelled as of today. There is no notice and nothing to pay. [We will miss you|You are welcome back at any time]!${TEAM}`,
      `${DEAR}you can enter the new card under Account → Payment. I have [sent the parcel anyway|kept your place], so nothing is lost; it will be charged with the new card.${TEAM}`,
    ],
    closings: [`${DEAR}your change is in place: the next parcel comes on {date}. Have a good time!${TEAM}`],
    notes: ['Churn reason: drinks less coffee. No offer made.', 'Parcel was packed before the pause: do not charge.'],
  }),
  topic({
    department: SALES,
    tags: ['offer', 'b2b'],
    weight: 8,
    subjects: [
      'Coffee for {people} people: which machine?',
      'Offer for twelve {product}',
      '[Trial week|Demonstration] of the {product}?',
    ],
    openings: [
      `${GREETING}we are {company} in {city}, about {people} people, and our machine has died. Which of yours would you recommend, and [what does it cost with service|can we rent it]?${SIGNED}`,
      `${GREETING}we would like to buy twelve {product} for our branches. [What discount can you give?|Could you make us an offer by {date}?] Delivery to three addresses.${SIGNED}`,
      `${GREETING}do you offer [a demonstration|a trial week] of the {product} for companies in {city}?${SIGNED}`,
    ],
    followUps: [
      `Thank you for the offer. [Our management|The board] asks whether the price includes [installation|the filters for the first year].`,
      `[We have another offer|A competitor offers the same] for {amount} less. Can you match it?`,
      `[Tuesday|Wednesday] would be good. Do we have to [prepare anything|sign something]?`,
    ],
    answers: [
      `${DEAR}thank you for your interest. For {people} people I recommend the {product} with a direct water line: {amount} a month with beans and service. The offer {invoice} is in your account and good until {date}.${TEAM}`,
      `${DEAR}[gladly|of course]. From ten machines on you get 12 %, from twenty 18 %. Installation and the first set of filters are included. Shall I [reserve them|put it into an offer]?${TEAM}`,
      `${DEAR}a colleague is in {city} on {date} and can bring a {product} for a week. [Which day suits you?|Shall I book it?]${TEAM}`,
    ],
    closings: [
      `${DEAR}thank you for the order! Delivery and installation are planned for {date}; the technician calls an hour before.${TEAM}`,
    ],
    notes: [
      'Worth {amount} a year. Call on {date} if there is no answer.',
      'Can go to 15 % if they take the service contract.',
      'Decision is made by the office manager, not by the one who writes.',
    ],
  }),
  topic({
    department: TECHNICAL,
    tags: ['account', 'how-to'],
    weight: 10,
    subjects: ['Cannot [log in|sign in]', 'The app cannot find my {product}', 'Delete my account'],
    openings: [
      `${GREETING}I cannot sign in any more. The page says that my [password is wrong|address is unknown], but I have used it for years. The mail to reset it [does not come|is not in the spam folder either].${SIGNED}`,
      `${GREETING}the app on my [Android phone|iPhone] does not find the {product} since the last update. Bluetooth is on. [What else can I try?|Is that known?]${SIGNED}`,
      `${GREETING}please delete my account and [all data that you have about me|tell me what you have stored] (GDPR).${SIGNED}`,
    ],
    followUps: [
      `Still nothing. I also looked at [the other mailbox|the address of my wife].`,
      `After the new installation the app finds it, but [the statistics are gone|it says {error}].`,
      `Thank you. Does that [include|go for] the newsletter too?`,
    ],
    answers: [
      `${DEAR}your account was registered with an older address. I have changed it to the one that you write from; the mail to set a new password is on its way and [works for an hour|comes within minutes].${TEAM}`,
      `${DEAR}that is known: version 4.2 forgets the pairing. Please remove the {product} in the Bluetooth settings of the phone, hold its left button until it blinks blue, and add it again in the app. [Version 4.3 will mend it|The next update comes next week].${TEAM}`,
      `${DEAR}we delete your account on {date}. Invoices must be kept for ten years by law; everything else goes. You will get a confirmation [by e-mail|from us].${TEAM}`,
    ],
    closings: [`${DEAR}all is done from our side. If you cannot sign in after all, just answer this message.${TEAM}`],
    notes: [
      'Bounce of the reset mail: mailbox full. Told the customer by phone.',
      'App 4.2 pairing bug, see the wiki.',
    ],
  }),
  topic({
    department: SALES,
    tags: ['product question'],
    weight: 11,
    subjects: [
      '[Question about|Before I order] the {product}',
      '{product} or the bigger one?',
      'Voucher {voucher} does not work',
    ],
    openings: [
      `${GREETING}before I order: [does the {product} take ground coffee too|how high is the {product} with the tank open]? The page does not say.${SIGNED}`,
      `${GREETING}I cannot decide between the {product} and the next bigger one. We are two people and drink about {cups} cups a day, [mostly espresso|with a lot of milk]. What would you take?${SIGNED}`,
      `${GREETING}the voucher {voucher} from your newsletter gives "not valid" in the basket. It should run until {date}. [I have no other discount in it.|What am I doing wrong?]${SIGNED}`,
    ],
    followUps: [
      `[Good to know|Thank you]. And is the [milk jug|grinder] included, or extra?`,
      `I would take it today if [you had it in white|it came before {date}].`,
      `[The new one works|That one is fine], but shipping is added now. [Was it not free?|Is that right?]`,
    ],
    answers: [
      `${DEAR}yes, the {product} takes ground coffee through the second lid. It is 38 cm high and needs 10 cm above for the tank, [so a shelf at 50 cm is fine|so pull it forward to fill it].${TEAM}`,
      `${DEAR}for {cups} cups the {product} is plenty; the bigger one only pays from ten on. [With a lot of milk|For espresso] I would rather put the money into a good grinder.${TEAM}`,
      `${DEAR}{voucher} is for orders above 50 and not for gift cards, which is easy to miss. I have made you one without that condition: {voucher}-X, [good for a week|until {date}].${TEAM}`,
    ],
    closings: [`${DEAR}thank you for your order {order}! It leaves the warehouse [today|tomorrow].${TEAM}`],
    notes: [
      'Ask marketing to print the conditions of {voucher} larger.',
      'Third question about the height: add it to the page.',
    ],
  }),
]

export const spamSubjects: Phrases = phrases(
  'RE: your [domain|website] [expires|ranking]',
  '[Cheap|Best] SEO [packages|backlinks] for you',
  'You have won [an iPhone|a voucher of {amount}]',
)
export const spamBodies: Phrases = phrases(
  'Dear owner, we noticed that your website is not on page one of the search engines. [Reply|Call] now for a free audit and {amount} off.',
  'Congratulations! Your address was drawn among {people}000. Send us your bank details to receive {amount}.',
)

/** What agents write first. */
export const outgoing: { subjects: Phrases; bodies: Phrases; followUps: Phrases } = {
  subjects: phrases(
    'Your order {order}: one question',
    'About your {product}',
    'Recall of the {product}: please check',
  ),
  bodies: phrases(
    `${DEAR}we are packing your order {order}, and the {product} is [out of stock in red|only here in black]. Would [black|white] be all right, or shall we wait until {date}?${TEAM}`,
    `${DEAR}you bought a {product} from us. In one batch a cable may be loose: please look whether the number on the bottom begins with {error}. If it does, stop using it, and we send you a new one at once.${TEAM}`,
  ),
  followUps: phrases(
    '[Black is fine|I would rather wait], thanks for asking.',
    'I looked: the number begins with {error}. [What now?|Please send me a new one.]',
  ),
}
