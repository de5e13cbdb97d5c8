// Who works at the demonstration desk, who writes to it, and the words that their texts are filled with.

export const departments = [
  { name: 'Sales', description: 'Offers, product questions, companies' },
  { name: 'Orders', description: 'Deliveries, returns, refunds' },
  { name: 'Technical support', description: 'Machines, the app, accounts' },
  { name: 'Billing', description: 'Invoices, payments, subscriptions' },
] as const

export interface Colleague {
  firstname: string
  lastname: string
  role: 'A' | 'D'
  gender: 'F' | 'M'
  /** Indexes. */
  departments: readonly number[]
  /** What he takes in each of these: M mail, P phone, T chat. */
  takes: readonly string[]
}

/** Everybody's password is what the command prints. */
export const agents: readonly [Colleague, ...Colleague[]] = [
  {
    firstname: 'Maya',
    lastname: 'Lindqvist',
    role: 'D',
    gender: 'F',
    departments: [0, 1, 2, 3],
    takes: ['MT', 'M', 'MT', 'M'],
  },
  { firstname: 'Tomas', lastname: 'Novak', role: 'A', gender: 'M', departments: [1, 3], takes: ['MPT', 'MP'] },
  { firstname: 'Aisha', lastname: 'Rahman', role: 'A', gender: 'F', departments: [2], takes: ['MPT'] },
  { firstname: 'Jonas', lastname: 'Weber', role: 'A', gender: 'M', departments: [2, 1], takes: ['MPT', 'MT'] },
  { firstname: 'Chloe', lastname: 'Martin', role: 'A', gender: 'F', departments: [0], takes: ['MPT'] },
  { firstname: 'Diego', lastname: 'Herrera', role: 'A', gender: 'M', departments: [0, 3], takes: ['MPT', 'MT'] },
  { firstname: 'Ines', lastname: 'Carvalho', role: 'A', gender: 'F', departments: [1], takes: ['MPT'] },
  { firstname: 'Oliver', lastname: 'Grant', role: 'A', gender: 'M', departments: [3, 1], takes: ['MPT', 'MP'] },
]

export const tags = [
  { name: 'delivery', color: 'FFFFFF', bgColor: '1F6FEB' },
  { name: 'return', color: 'FFFFFF', bgColor: '8250DF' },
  { name: 'refund', color: 'FFFFFF', bgColor: 'BF3989' },
  { name: 'machine', color: 'FFFFFF', bgColor: '6E7781' },
  { name: 'how-to', color: '1B1F24', bgColor: 'B6E3FF' },
  { name: 'invoice', color: '1B1F24', bgColor: 'EAC54F' },
  { name: 'subscription', color: 'FFFFFF', bgColor: '2DA44E' },
  { name: 'offer', color: 'FFFFFF', bgColor: 'BC4C00' },
  { name: 'b2b', color: 'FFFFFF', bgColor: '0550AE' },
  { name: 'account', color: '1B1F24', bgColor: 'D0D7DE' },
  { name: 'product question', color: '1B1F24', bgColor: 'ACEEBB' },
  { name: 'urgent', color: 'FFFFFF', bgColor: 'CF222E' },
] as const

export const groups = [
  { name: 'VIP', color: 'FFFFFF', bgColor: '9A6700' },
  { name: 'Business', color: 'FFFFFF', bgColor: '0550AE' },
  { name: 'Newsletter', color: '1B1F24', bgColor: 'ACEEBB' },
] as const

export const companies = [
  { name: 'Harbour & Pine Architects', domain: 'harbourpine.example', city: 'Bristol' },
  { name: 'Kestrel Logistics', domain: 'kestrel-logistics.example', city: 'Rotterdam' },
  { name: 'Blue Door Dental', domain: 'bluedoordental.example', city: 'Leeds' },
  { name: 'Oakline Schools', domain: 'oakline.example', city: 'Cardiff' },
  { name: 'Meridian Books', domain: 'meridianbooks.example', city: 'Dublin' },
  { name: 'Foxglove Hotels', domain: 'foxglovehotels.example', city: 'Edinburgh' },
  { name: 'Tern Robotics', domain: 'ternrobotics.example', city: 'Munich' },
  { name: 'Saltmarsh Brewing', domain: 'saltmarsh.example', city: 'Norwich' },
  { name: 'Alder Law', domain: 'alderlaw.example', city: 'Vienna' },
  { name: 'Quarry Street Gym', domain: 'quarrygym.example', city: 'Manchester' },
] as const

type Words = readonly [string, ...string[]]

const listed = (text: string): Words => {
  const [first = '', ...others] = text.split(/,\s*/)
  return [first, ...others]
}

export const firstNames =
  listed(`Emma, Liam, Sofia, Noah, Amelia, Lucas, Mia, Ethan, Hanna, Felix, Zoe, Adam, Nora, Leo, Clara,
  Hugo, Elena, Marek, Yara, Samir, Priya, Kenji, Lucia, Peter, Freya, Anton, Grace, Milan, Alice,
  Omar, Julia, Viktor, Rosa, Daniel, Ingrid, Paul, Selma, Thomas, Nina, Henry, Zuzana, José, Renée,
  Björn, Aoife, Matteo, Katya, Simon, Ella, George`)

export const lastNames =
  listed(`Smith, Novotna, Müller, Rossi, Dubois, Jensen, Kowalski, García, Silva, Andersson, Okafor, Tanaka,
  Brown, Horvath, Schmidt, Moreau, Larsen, Nowak, Fernandez, Costa, Svensson, Adeyemi, Sato, Wilson,
  Kovac, Fischer, Laurent, Hansen, Wojcik, Lopez, Almeida, Berg, Mensah, Patel, Taylor, Varga,
  Wagner, Petit, Olsen, Zielinski, Torres, Ribeiro, Lund, Diallo, Khan, Murphy, Popescu, Hoffmann,
  O'Neill, van Dijk, Ivanova, Clarke, Byrne, Keller, Marino, Vidal, Nagy, Holm, Asante, Singh`)

export const mailDomains: Words = ['mail.example', 'post.example', 'inbox.example', 'home.example', 'web.example']

export const words: { [name: string]: Words } = {
  product: ['Brewfield One', 'Brewfield Duo', 'Barista Pro 300', 'MilkMaster', 'Kompakt S', 'Grinder G2', 'Office XL'],
  carrier: ['DHL', 'UPS', 'DPD', 'GLS'],
  city: [
    'Bristol',
    'Leeds',
    'Dublin',
    'Vienna',
    'Munich',
    'Prague',
    'Lyon',
    'Porto',
    'Oslo',
    'Cardiff',
    'Ghent',
    'Turin',
  ],
  error: ['E04', 'E07', 'E11', 'E21', 'F2'],
  bank: ['your bank', 'the card company'],
  voucher: ['SPRING10', 'WELCOME15', 'BEANS20', 'FRIENDS5'],
}
