// What visitors and agents type in chats.
import { type Phrase, phrase } from './grammar.ts'

export interface Talk {
  /** Index into the departments of people.ts. */
  department: number
  opening: Phrase
  /** By turns, the agent first. */
  lines: readonly Phrase[]
}

const talk = (department: number, opening: string, ...lines: string[]): Talk => ({
  department,
  opening: phrase(opening),
  lines: lines.map(phrase),
})

const HELLO =
  '[Hello|Hi|Good day] {first}, this is {agentFirst}. [Let me have a look|One moment, please|I am checking that for you].'
const BYE = '[You are welcome|Glad I could help]. [Have a nice day|Enjoy your coffee]!'
const THANKS = '[Great|Perfect|Super], [thank you|thanks a lot]!'

const SALES = 0
const ORDERS = 1
const TECHNICAL = 2
const BILLING = 3

export const talks: readonly [Talk, ...Talk[]] = [
  talk(
    SALES,
    '[Hi|Hello], which machine would you [take|recommend] for {people} people? [The {product}?|We drink mostly espresso.]',
    HELLO,
    '[We are an office in {city}|It would stand in our kitchen in {city}], if that matters.',
    'For {people} people I would take the Office XL: two boilers, and it makes {cups} cups at once. [Shall I send you an offer?|May I prepare an offer?]',
    'Yes, please, [by mail|to my address].',
    'Done: it comes from us within the hour, with {voucher} taken off already. Anything else?',
    THANKS,
    BYE,
  ),
  talk(
    SALES,
    'Does the code {voucher} work for the {product}, too? The shop [says it is not valid|does not take it].',
    HELLO,
    'I have [tried it twice|copied it from your newsletter].',
    'The {product} is on sale already, so codes do not add up. [I can give you {days} % off the beans instead.|I have put a free bag of beans into your basket instead.]',
    'That is [fair|nice], I will take it.',
    BYE,
  ),
  talk(
    ORDERS,
    '[Where is my order {order}?|Order {order} should have been here on {date}. Where is it?]',
    HELLO,
    'The tracking page of {carrier} [shows nothing|has not changed for {days} days].',
    '{carrier} has it in {city} and will try again tomorrow before noon. Is that all right?',
    '[Tomorrow I am at home, good.|Could they leave it with a neighbour?]',
    '[I have told them so.|I have noted it on the parcel.] You will get a message from {carrier} in the morning.',
    THANKS,
    BYE,
  ),
  talk(
    ORDERS,
    'I want to return the {product} from order {order}. [It is unused.|It was a present, and we have one already.]',
    HELLO,
    'Who pays for the parcel?',
    '[We do|It costs you nothing]: I am sending you a label by mail. When it is back, you get your {amount} within three days.',
    THANKS,
    BYE,
  ),
  talk(
    TECHNICAL,
    'My {product} shows {error} and [does nothing|beeps]. [What does it mean?|What can I do?]',
    HELLO,
    'It began [this morning|yesterday], after {months} months without trouble.',
    '{error} means that it draws air. Please fill the tank to the line, open the steam valve and hold the left button for five seconds.',
    '[It hums now.|There is steam, and it gurgles.]',
    '[That is right|Good]: wait until water comes, then close the valve. Is {error} gone?',
    '[Yes! It works.|It is gone, it makes coffee again.] [Thank you!|Thanks a lot!]',
    BYE,
  ),
  talk(
    TECHNICAL,
    'The app cannot find my {product} [since the update|any more]. [Wifi is fine.|My phone is new.]',
    HELLO,
    'I have [restarted|reset] both of them.',
    'Please delete it in the app, switch the {product} off for a minute, and add it again within two minutes.',
    '[It says "pairing" …|Trying.] Yes, it is back.',
    '[Wonderful|Very good]. With the next version you will not have to do this again.',
    THANKS,
  ),
  talk(
    BILLING,
    'You have charged me {amount} twice for invoice {invoice}. [Please give one back.|What happened?]',
    HELLO,
    'It is on my statement of {date}.',
    'One of them is a reservation by {bank} and goes away by itself in {days} days. We have booked {amount} once.',
    'So I [need to do nothing|just wait]?',
    'Exactly. If it is still there after {days} days, answer to the mail with this chat and I will see to it.',
    THANKS,
    BYE,
  ),
  talk(
    BILLING,
    '[Can you put our VAT number on invoice {invoice}?|Invoice {invoice} lacks our VAT number.] We are {company}.',
    HELLO,
    'It has to be on it [by the end of the month|for our books].',
    '[Done|I have changed it]: the new {invoice} is in your account, and on its way to you by mail.',
    THANKS,
    BYE,
  ),
]

/** When a colleague comes in. */
export const HANDED_ON: Phrase = phrase(
  '[Hello|Hi] {first}, {agentFirst} here. I have [read|seen] what you wrote, and [take it from here|can help you with that].',
)

/** What agents write to whoever has left without an answer. */
export const SORRY: Phrase = phrase(
  '[Hello|Dear] {first},\n\nI am sorry that nobody [was there|answered] when you [wanted to talk to us|tried to reach us]. [How can I help you?|If it is still open, please answer this message and I will take care of it at once.]\n\n[Best regards|Kind regards],\n{agent}\nBrewfield Support',
)

/** Where visitors are when they begin to chat. */
export const pages = [
  'https://www.brewfield.example/',
  'https://www.brewfield.example/machines',
  'https://www.brewfield.example/machines/barista-pro-300',
  'https://www.brewfield.example/cart',
  'https://www.brewfield.example/account/orders',
  'https://www.brewfield.example/help',
] as const
