// The knowledge base of the demonstration: a tree of articles, a forum, and a box for suggestions.

export interface ArticleText {
  title: string
  keywords: string
  html: string
  /** Only for agents. */
  isInternal?: boolean
}

export interface CategoryText {
  title: string
  description: string
  articles: readonly ArticleText[]
  categories?: readonly CategoryText[]
}

export const categories: readonly CategoryText[] = [
  {
    title: 'Getting started',
    description: 'From the box to the first cup.',
    articles: [
      {
        title: 'Setting up your machine',
        keywords: 'first start, unpack, water, rinse',
        html: '<p>Take the machine out of its box and keep the box for the first month.</p><ol><li>Rinse the tank and fill it with fresh water.</li><li>Put a large cup under the spout.</li><li>Press the left button for five seconds: the machine rinses itself twice.</li></ol><p>The first two cups taste of packaging. Pour them away.</p>',
      },
      {
        title: 'Which grind for which coffee?',
        keywords: 'grinder, espresso, filter, coarse, fine',
        html: '<p>Espresso wants a fine grind, filter coffee a medium one, and a French press a coarse one. If the cup is <b>bitter</b>, grind coarser; if it is <b>sour or watery</b>, grind finer. Change one step at a time, and wait for three cups.</p>',
      },
      {
        title: 'How hard is my water?',
        keywords: 'hardness, scale, filter, test strip',
        html: '<p>A test strip is in the box. Hold it into cold tap water for a second and count the red fields after a minute: up to two is soft, three is medium, four is hard. Tell the machine under <i>Settings → Water</i>.</p>',
      },
    ],
  },
  {
    title: 'Machines',
    description: 'Care, messages and repairs.',
    articles: [
      {
        title: 'Descaling step by step',
        keywords: 'descale, scale, citric acid, vinegar, E04',
        html: '<p>With hard water every two months, with soft water every six.</p><ol><li>Fill half a litre of water and one bag of descaler (or a spoon of citric acid) into the tank. No vinegar: it attacks the seals.</li><li>Hold the left button for five seconds.</li><li>Let the programme run to the end, about twenty minutes.</li><li>Rinse with a full tank of fresh water.</li></ol>',
      },
      {
        title: 'What do the messages mean?',
        keywords: 'error, E04, E07, E11, E21, F2, light',
        html: '<table><tr><th>Message</th><th>Meaning</th><th>What to do</th></tr><tr><td>E04</td><td>The pump gets no water</td><td>Descale, then rinse</td></tr><tr><td>E07</td><td>The tank is missing</td><td>Push it in until it clicks</td></tr><tr><td>E11</td><td>The brewing group sits wrong</td><td>Take it out, clean it, put it back</td></tr><tr><td>E21</td><td>Too hot</td><td>Wait for ten minutes</td></tr><tr><td>F2</td><td>The filter is used up</td><td>Change the filter</td></tr></table>',
      },
      {
        title: 'Water under the machine',
        keywords: 'leak, seal, drip tray',
        html: '<p>Empty the drip tray first: it holds only 0.4 litres. If the water comes back, take out the brewing group and look at its seal. A nick is enough to let it leak. Under warranty we send you a new seal at no cost: write to us with the number on the bottom of the machine.</p>',
      },
    ],
    categories: [
      {
        title: 'Workshop',
        description: 'For colleagues.',
        articles: [
          {
            title: 'When to replace instead of repair',
            keywords: 'internal, warranty, replacement',
            html: '<p>Replace when the repair takes more than 45 minutes or when the customer was here twice with the same message. Book the old machine as <i>returned, defective</i>.</p>',
            isInternal: true,
          },
        ],
      },
    ],
  },
  {
    title: 'Orders and returns',
    description: 'Delivery, returns, invoices.',
    articles: [
      {
        title: 'Where is my parcel?',
        keywords: 'tracking, delivery, DHL, UPS, DPD, GLS, delayed',
        html: '<p>The tracking number is in the e-mail that we send when the parcel leaves us. "Label created" means that the carrier has not scanned it yet: give it a day. If nothing moves for three working days, write to us with the order number, and we ask the carrier.</p>',
      },
      {
        title: 'Returning something',
        keywords: 'return, refund, label, 30 days',
        html: '<p>You have 30 days. In your account, choose <i>Orders → Return</i> and print the label, or show the code at the counter. The refund takes two to three working days after the parcel is here.</p>',
      },
      {
        title: 'Changing an invoice',
        keywords: 'invoice, VAT, company, address',
        html: '<p>Write to us with the order number and what is to stand on the invoice. The old one is cancelled, the new one is in your account within a day.</p>',
      },
    ],
  },
  {
    title: 'Account and app',
    description: 'Signing in, pairing, subscriptions.',
    articles: [
      {
        title: 'The app does not find the machine',
        keywords: 'bluetooth, pairing, android, iphone, update',
        html: '<p>Remove the machine in the Bluetooth settings of the phone. Then hold its left button until it blinks blue, and add it again in the app. After the update to 4.2 this has to be done once.</p>',
      },
      {
        title: 'Pausing the subscription',
        keywords: 'subscription, pause, holiday, beans, cancel',
        html: '<p>Under <i>Subscription → Pause</i>, up to two days before the next parcel is packed. It goes on by itself on the day that you choose.</p>',
      },
    ],
  },
]

export const forum = {
  title: 'Coffee talk',
  description: 'Ask other owners.',
  topics: [
    {
      title: 'Best beans for the Brewfield One?',
      text: 'I like it chocolaty and not sour. Which beans do you use, and on which grind?',
    },
    {
      title: 'Milk foam with oat drink',
      text: 'Mine collapses after a minute. Does anybody have a brand that works with the MilkMaster?',
    },
    { title: 'How loud is the Office XL?', text: 'It would stand next to my desk. Is that a good idea?' },
    { title: 'Travelling with the Kompakt S', text: 'Has anybody taken it on a plane? Did it survive?' },
  ],
} as const

export const suggestionBox = {
  title: 'Ideas',
  description: 'What should we build or change?',
  suggestions: [
    { subject: 'A timer for the morning', text: 'The machine should warm up at half past six by itself.', status: 'L' },
    { subject: 'Sell seals one by one', text: 'I need one seal, not a set of six.', status: 'C' },
    { subject: 'A dark mode for the app', text: 'It blinds me before the first cup.', status: 'S' },
    { subject: 'Beans in paper bags', text: 'Less plastic, please. Paper with a thin lining would do.', status: 'N' },
    { subject: 'Show the water hardness of my town', text: 'You have my address; the map exists.', status: 'N' },
    { subject: 'A bigger drip tray', text: 'I empty mine twice a day.', status: 'X' },
  ],
} as const
