// Small workspaces written for these tests, with questions that they answer and questions that they do not. Nothing here is taken
// from elsewhere; names of places, firms and people are invented.

export interface JudgedWorkspace {
  name: string
  documents: { title: string; text: string }[]
  /** A question, and words that the right citation contains. */
  covered: [question: string, words: string][]
  uncovered: string[]
}

export const judged: JudgedWorkspace[] = [
  {
    name: 'handbook',
    documents: [
      {
        title: 'Leave policy',
        text: `# Leave policy

Every employee receives 28 days of paid leave per year. Unused days can be carried over until 31 March of the following year. Requests go to the line manager at least two weeks in advance.

## Sickness

Employees who are ill inform their manager before 9 am. A doctor's certificate is needed from the third day on. Sick pay is full salary for six weeks.

## Parents

New parents may take up to fourteen months off, of which two are reserved for the second parent.`,
      },
      {
        title: 'Expenses',
        text: `# Travel and expenses

Travel expenses are reimbursed within 30 days after the claim is filed. Receipts above 25 euros must be attached. Train journeys are booked in second class; flights need the approval of the finance director.

Hotel rooms may cost up to 140 euros a night. Meals on business trips are covered with a daily allowance of 38 euros. Alcohol is never reimbursed.

Company credit cards are issued by the accounting department.`,
      },
      {
        title: 'Remote work',
        text: `# Working from home

Staff may work remotely on three days of every week. The core hours are 10 to 15 o'clock, during which everybody can be reached. The company provides a laptop, a screen and a headset; desks and chairs are the employee's own.

Working from abroad is possible for at most 20 days a year because of tax law. Public Wi-Fi may only be used with the VPN.`,
      },
    ],
    covered: [
      ['How many days of holiday do employees get?', '28 days of paid leave'],
      ['How much vacation do I have per year?', '28 days of paid leave'],
      ['Until when can unused leave be carried over?', '31 March'],
      ['How far in advance must leave be requested?', 'two weeks in advance'],
      ['When do I need a certificate from a doctor?', 'third day'],
      ['How long is sick pay paid?', 'six weeks'],
      ['How long can new parents stay away from work?', 'fourteen months'],
      ['When are travel expenses reimbursed?', 'within 30 days'],
      ['From what amount must receipts be attached?', '25 euros'],
      ['Who approves flights?', 'finance director'],
      ['How much may a hotel cost per night?', '140 euros'],
      ['What is the daily allowance for meals?', '38 euros'],
      ['Is alcohol reimbursed?', 'Alcohol is never'],
      ['Who issues company credit cards?', 'accounting department'],
      ['How many days a week can staff work remotely?', 'three days'],
      ['What are the core hours?', '10 to 15'],
      ['Does the company provide a laptop?', 'laptop, a screen'],
      ['Why is working from abroad limited?', 'tax law'],
      ['May I use public Wi-Fi?', 'VPN'],
      ['Which class do I book for train journeys?', 'second class'],
    ],
    uncovered: [
      'What is the boiling point of tungsten?',
      'What is the policy on pets in the office?',
      'Who is the chief executive of the company?',
      'When was the company founded?',
      'What is the policy on sabbaticals?',
      'How many people work in the Lisbon branch?',
      'What is the dress code?',
      'How do I reset my password?',
      'Does the company pay into a pension scheme?',
      'What is the policy on data retention?',
      'Who painted the Mona Lisa?',
      'What is the capital of Mongolia?',
      'How long is the probation period?',
      'What is the notice period for resignation?',
      'Are there stock options for engineers?',
      'What happens when the fire alarm rings?',
      'What is the procedure for reporting harassment?',
      'How many goals did Ronaldo score in 2014?',
      'What version of Kubernetes runs in production?',
      'Where can bicycles be parked?',
    ],
  },
  {
    name: 'service',
    documents: [
      {
        title: 'Quillfeed API',
        text: `# Quillfeed API

Quillfeed delivers notifications to mobile phones and browsers. Every request carries an API key in the \`X-Quill-Key\` header. Keys are created in the dashboard and expire after 90 days.

## Limits

A key may send 600 requests per minute. Above that the server answers 429 and names the waiting time in \`Retry-After\`. Messages are limited to 4 kB; attachments are not supported.

## Delivery

Messages that cannot be delivered are retried five times with growing delay, for at most 24 hours. Undeliverable messages end in the dead letter queue, where they stay for 14 days.

| Option | Default | Meaning |
| --- | --- | --- |
| maxRetries | 5 | how often delivery is tried again |
| ttl | 86400 | seconds until a message expires |`,
      },
      {
        title: 'Operating Quillfeed',
        text: `# Operating Quillfeed

The service runs in two data centres, Hamburg and Vienna. Postgres holds the messages, Redis the rate counters. A backup is made every night at 02:00 UTC and kept for 35 days.

To restore a backup, stop the workers, run \`quill restore --from <date>\` and start the workers again. A restore takes about 40 minutes.

On-call engineers are paged when the queue grows above 50,000 messages. The escalation goes from the on-call engineer to the platform lead, Mirela Stanek.

Version 3.2.0 dropped support for Node 16 because its TLS library is no longer maintained.`,
      },
      {
        title: 'Security of Quillfeed',
        text: `# Security

All traffic is encrypted with TLS 1.3. Messages at rest are encrypted with AES-256, and the keys are rotated every six months. Passwords must have at least 14 characters.

Security incidents are reported to security@quillfeed.example within one hour. Customers are informed within 72 hours. A penetration test is made once a year by Norrland Labs.

Access logs are deleted after 180 days.`,
      },
    ],
    covered: [
      ['Which header carries the API key?', 'X-Quill-Key'],
      ['When do API keys expire?', '90 days'],
      ['How many requests per minute are allowed?', '600 requests'],
      ['What does the server answer above the rate limit?', '429'],
      ['How large can a message be?', '4 kB'],
      ['Are attachments supported?', 'attachments are not supported'],
      ['How often are undelivered messages retried?', 'five times'],
      ['How long do messages stay in the dead letter queue?', '14 days'],
      ['What is the default of maxRetries?', 'maxRetries'],
      ['In which data centres does Quillfeed run?', 'Hamburg and Vienna'],
      ['What is Redis used for?', 'Redis the rate counters'],
      ['When are backups made?', '02:00 UTC'],
      ['How long are backups kept?', '35 days'],
      ['How do I restore a backup?', 'quill restore'],
      ['How long does a restore take?', '40 minutes'],
      ['Who is the platform lead?', 'Mirela Stanek'],
      ['Why was support for Node 16 dropped?', 'no longer maintained'],
      ['How are messages encrypted at rest?', 'AES-256'],
      ['How often are encryption keys rotated?', 'six months'],
      ['How long must a password be?', '14 characters'],
      ['Within what time are customers informed about an incident?', '72 hours'],
      ['Who makes the penetration test?', 'Norrland Labs'],
      ['When are access logs deleted?', '180 days'],
    ],
    uncovered: [
      'How do I install Quillfeed on Windows?',
      'What does a Quillfeed subscription cost?',
      'Who founded Quillfeed?',
      'Does Quillfeed support GraphQL subscriptions?',
      'How is MongoDB configured?',
      'What is the policy on refunds?',
      'Which licence is the SDK published under?',
      'Is there a Python client library?',
      'What colour is the logo?',
      'How many employees does Norrland Labs have?',
      'What is the airspeed velocity of an unladen swallow?',
      'When was the Vienna data centre built?',
      'How are invoices paid?',
      'What is Mirela Stanek salary?',
      'Which webhooks are sent when a user signs up?',
      'What is the largest planet of the solar system?',
      'How does the garbage collector work?',
      'What is the default port of the dashboard?',
      'Can messages be scheduled for a time zone?',
      'Who won the election in 2016?',
    ],
  },
  {
    name: 'warehouse',
    documents: [
      {
        title: 'Forklift safety',
        text: `Forklift safety

Only trained drivers with a valid permit may operate forklifts. The speed limit inside the hall is 10 km/h. Before each shift the driver checks brakes, horn and forks. Faults are written into the red logbook, and the truck is locked until the workshop has repaired it.

Loads heavier than 2,500 kg must be moved with the crane. Nobody may stand under a raised load.`,
      },
      {
        title: 'Goods receipt',
        text: `Goods receipt

Deliveries arrive at gate 4 between 6 am and 2 pm. The receiving clerk compares the delivery note with the order and photographs any damage. Damaged goods are stored in zone D and reported to the supplier within 48 hours.

Chilled goods must be below 7 degrees when they arrive; otherwise the delivery is refused.`,
      },
      {
        title: 'Fire and first aid',
        text: `Fire and first aid

The assembly point is the car park in front of building 2. Fire extinguishers hang beside every gate and are inspected every two years by the company Brandwacht Ost. The emergency number is 4112.

First-aid kits are in the canteen and in the workshop. Accidents are recorded in the accident book by the shift leader. Petra Lindholm is the safety officer.`,
      },
    ],
    covered: [
      ['Who may drive a forklift?', 'trained drivers'],
      ['What is the speed limit in the hall?', '10 km/h'],
      ['What does the driver check before a shift?', 'brakes, horn'],
      ['Where are faults written down?', 'red logbook'],
      ['How heavy must a load be to need the crane?', '2,500 kg'],
      ['At which gate do deliveries arrive?', 'gate 4'],
      ['Where are damaged goods stored?', 'zone D'],
      ['How quickly must damage be reported to the supplier?', '48 hours'],
      ['How cold must chilled goods be?', '7 degrees'],
      ['Where is the assembly point?', 'car park'],
      ['How often are fire extinguishers inspected?', 'two years'],
      ['What is the emergency number?', '4112'],
      ['Where can I find a first-aid kit?', 'canteen'],
      ['Who is the safety officer?', 'Petra Lindholm'],
      ['Who records accidents?', 'shift leader'],
    ],
    uncovered: [
      'What is the policy on overtime pay?',
      'How do I book a meeting room?',
      'Which insurance covers theft?',
      'What is the melting point of copper?',
      'How many pallets fit into a container?',
      'Who is the managing director?',
      'How are returns from customers handled?',
      'What is the warranty on the conveyor belt?',
      'Who wrote the novel Moby Dick?',
      'When does the canteen open?',
      'What is the process for hiring temporary workers?',
      'How is the stock counted at the end of the year?',
      'Which company supplies electricity?',
      'What is the recipe for pancakes?',
      'How do I file a tax return?',
    ],
  },
  {
    name: 'gazetteer',
    documents: [
      {
        title: 'Velmora',
        text: 'Velmora is a port town on the island of Tarsk. It has 41,300 inhabitants and was founded in 1287 by the merchant Odo Brannick. Its lighthouse, the tallest of the coast, was built in 1874 from red granite.',
      },
      {
        title: 'Tarsk',
        text: 'Tarsk is the largest island of the Harrow Sea. Its highest mountain is Mount Keld with 1,932 metres. The island belongs to the Republic of Orvane.',
      },
      {
        title: 'Odo Brannick',
        text: 'Odo Brannick (1249 - 1311) was a merchant and shipowner. He was born in Sint Aldem and traded in amber and furs. He married Griet van Loom in 1271.',
      },
      {
        title: 'Republic of Orvane',
        text: 'The Republic of Orvane is a country of three islands. Its capital is Cassel Bay. The president is elected for five years; the currency is the orvane crown.',
      },
      {
        title: 'The Salt Lanterns',
        text: 'The Salt Lanterns is a novel by Ysolde Marrin, published in 1962. It tells of a keeper of the lighthouse of Velmora who saves a crew of smugglers. It won the Cassel Prize in 1963.',
      },
      {
        title: 'Ysolde Marrin',
        text: 'Ysolde Marrin (born 1931) is an author from Cassel Bay. Before she wrote novels, she worked as a radio engineer. Her brother is the composer Tadeus Marrin.',
      },
      {
        title: 'Keld Railway',
        text: 'The Keld Railway is a narrow-gauge line of 23 kilometres between Velmora and the foot of Mount Keld. It opened in 1901 and carries about 90,000 passengers a year.',
      },
    ],
    covered: [
      ['How many people live in Velmora?', '41,300 inhabitants'],
      ['Who founded Velmora?', 'Odo Brannick'],
      ['When was the lighthouse of Velmora built?', '1874'],
      ['What is the highest mountain of Tarsk?', 'Mount Keld'],
      ['Where was Odo Brannick born?', 'Sint Aldem'],
      ['What is the capital of the Republic of Orvane?', 'Cassel Bay'],
      ['Which currency is used in Orvane?', 'orvane crown'],
      ['Who wrote The Salt Lanterns?', 'Ysolde Marrin'],
      ['What was the job of Ysolde Marrin before she wrote novels?', 'radio engineer'],
      ['How long is the Keld Railway?', '23 kilometres'],
      ['Whom did the founder of Velmora marry?', 'Griet van Loom'],
      ['Where was the author of The Salt Lanterns from?', 'Cassel Bay'],
      ['To which country does the island of Tarsk belong?', 'Republic of Orvane'],
      ['When did the Keld Railway open?', '1901'],
      ['Which prize did The Salt Lanterns win?', 'Cassel Prize'],
    ],
    uncovered: [
      'Who is the president of Brazil?',
      'When was the airport of Velmora opened?',
      'What is the population of Reykjavik?',
      'Who directed the film adaptation of The Salt Lanterns?',
      'Which football club plays in Marseille?',
      'How deep is the Harrow Sea?',
      'What is the mayor of Velmora called?',
      'Which university did Ysolde Marrin attend?',
      'When did the Second World War end?',
      'Which guitarist founded the band The Rolling Stones?',
      'What is the national anthem of Orvane?',
      'How tall is the Eiffel Tower?',
      'Who invented the telephone?',
      'What fares does the Keld Railway charge?',
      'Which religion is practised on Mount Athos?',
    ],
  },
  {
    name: 'languages',
    documents: [
      {
        title: 'Urlaubsordnung',
        text: 'Urlaubsordnung. Jeder Mitarbeiter hat Anspruch auf 30 Tage Urlaub im Jahr. Der Urlaub ist bei der Abteilungsleitung zu beantragen. Resturlaub verfällt am 31. März.',
      },
      {
        title: 'Règlement du stationnement',
        text: 'Le parking est ouvert de 7 heures à 20 heures. Les visiteurs stationnent au niveau 2. La carte de parking coûte 15 euros par mois.',
      },
      {
        title: 'Normas de la biblioteca',
        text: 'La biblioteca abre a las nueve de la mañana. Cada lector puede llevar cinco libros durante tres semanas. La multa por retraso es de 20 céntimos por día.',
      },
    ],
    covered: [
      ['Wie viele Tage Urlaub hat ein Mitarbeiter?', '30 Tage Urlaub'],
      ['Wann verfällt der Resturlaub?', '31. März'],
      ['Où stationnent les visiteurs?', 'niveau 2'],
      ['Combien coûte la carte de parking?', '15 euros'],
      ['¿Cuántos libros puede llevar un lector?', 'cinco libros'],
      ['¿A qué hora abre la biblioteca?', 'nueve de la mañana'],
    ],
    uncovered: [
      'Wie hoch ist der Mount Everest?',
      'Wie lange dauert die Probezeit?',
      'Qui est le directeur de la banque?',
      'Quel est le prix du billet de train?',
      '¿Cuál es la capital de Australia?',
      '¿Quién escribió Don Quijote?',
    ],
  },
]
