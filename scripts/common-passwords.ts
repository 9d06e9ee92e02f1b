// Makes server/auth/common-passwords-filter.ts: a Bloom filter of the passwords that are guessed first. Run: npx tsx scripts/common-passwords.ts
// The list is made here by rule, from words and patterns that every published analysis of guessed passwords names; no leaked list is in it.
import { writeFileSync } from 'node:fs'
import { bloomPositions, foldPassword } from '../server/auth/common-passwords.ts'

/** The words that lead the lists, English first, then the commonest of other languages. */
const words = `password passwort motdepasse contrasena senha parola wachtwoord lozinka haslo heslo salasana losenord admin administrator root user
  guest login welcome willkommen bienvenue bienvenido letmein access secret geheim test testing changeme default master server system manager
  office company business computer internet network google facebook microsoft windows apple samsung android iphone linkedin twitter amazon youtube
  monkey dragon tiger lion eagle falcon wolf panther bear horse dolphin butterfly bunny kitty puppy chicken turtle shark cobra spider phoenix unicorn
  love iloveyou loveyou lovely babygirl baby angel princess prinzessin princesa queen king prince sweetheart sunshine sonnenschein moonlight starlight
  flower rainbow summer sommer winter spring autumn herbst fruehling january february march april may june july august september october november
  december januar februar monday tuesday wednesday thursday friday saturday sunday montag freitag sonntag
  football fussball baseball basketball soccer hockey tennis golf cricket arsenal chelsea liverpool barcelona realmadrid juventus bayern dortmund
  manchester united yankees cowboys lakers steelers eagles packers
  michael michelle jennifer jessica jordan joshua daniel andrew thomas robert charlie william matthew anthony alexander alexandra nicole amanda
  ashley samantha elizabeth victoria benjamin christian sebastian andreas stefan martin julia sabine maria anna peter hans klaus wolfgang
  superman batman spiderman ironman starwars pokemon naruto matrix hello hallo hola bonjour freedom freiheit liberty mustang ferrari porsche mercedes
  corvette harley yamaha honda toyota audi bmw london paris berlin hamburg munich muenchen vienna zurich newyork california texas florida america
  deutschland germany france england canada australia chocolate cookie cheese pepper ginger orange banana cherry coffee pizza purple yellow black
  silver golden diamond crystal shadow killer hunter ranger warrior soldier trustno trustnoone whatever nothing everything blessed jesus christ
  heaven hello forever family friends together happy lucky money dollar million soleil azerty qwerty qwertz qwertyuiop asdfgh asdfghjkl zxcvbn
  zxcvbnm yxcvbnm abc abcd abcdef abcdefgh aaaaaa hunter trust metallica slipknot nirvana eminem guitar music rockyou dance gandalf merlin`
  .split(/\s+/)
  .filter(Boolean)

const years = Array.from({ length: 81 }, (_, i) => String(1950 + i))
const runs = [
  '1',
  '2',
  '3',
  '7',
  '9',
  '01',
  '11',
  '12',
  '21',
  '69',
  '77',
  '88',
  '99',
  '00',
  '007',
  '111',
  '123',
  '321',
  '666',
  '777',
  '1234',
  '4321',
  '12345',
  '54321',
  '123456',
  '1234567',
  '12345678',
  '123456789',
  '1234567890',
  '0123456789',
  '111111',
  '000000',
  '654321',
  '987654321',
  'abc',
  'abc123',
  'qwe',
  'qwerty',
]

/** Walks over a keyboard, runs of figures and the like, with no word in them. */
const walks = [
  'qwertyuiop',
  'qwertyuiopasdfghjkl',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiop',
  'qwertzuiopasdfghjkl',
  'azertyuiop',
  'azertyuiopqsdfghjklm',
  'asdfghjkl',
  'asdfghjklzxcvbnm',
  'zxcvbnm',
  '1qaz2wsx',
  '1qaz2wsx3edc',
  '1qaz2wsx3edc4rfv',
  'zaq12wsx',
  'zaq1xsw2cde3',
  'qazwsxedc',
  'qazwsxedcrfv',
  'qazwsxedcrfvtgb',
  '1q2w3e4r',
  '1q2w3e4r5t',
  '1q2w3e4r5t6y',
  '1q2w3e4r5t6y7u8i',
  'q1w2e3r4',
  'q1w2e3r4t5',
  'q1w2e3r4t5y6',
  'a1b2c3d4',
  'a1b2c3d4e5',
  'a1b2c3d4e5f6',
  'abcdefghijkl',
  'abcdefghijklm',
  'abcdefghijklmnop',
  'abcdefghijklmnopqrstuvwxyz',
  'abcd1234',
  'abcd1234efgh',
  'abc123abc123',
  'abc123def456',
  '123qweasd',
  '123qweasdzxc',
  'qweasdzxc',
  'qwe123asd456',
  'poiuytrewq',
  'lkjhgfdsa',
  'mnbvcxz',
  '0987654321',
  '1234567890',
  '12345678901',
  '123456789012',
  '1234567890123',
  '123123123123',
  '121212121212',
  '112233445566',
  '123456654321',
  '987654321987',
]

const list = new Set<string>()
/** Short ones are refused for their length; signs at the end and joints are taken off before a password is looked for. */
function add(text: string): void {
  if (text.length < 9) return
  list.add(text.toLowerCase())
  list.add(foldPassword(text))
}
for (const walk of walks) for (const tail of ['', '1', '12', '123', '1234']) add(walk + tail)
for (const word of words) {
  for (const tail of ['', ...runs, ...years]) add(word + tail)
  for (const lead of ['the', 'my', 'our', 'i', '1', '123', '!', 'new']) for (const tail of ['', '1', '12', '123', '1234']) add(lead + word + tail)
  for (const again of [word + word, word + word + word]) for (const tail of ['', '1', '12', '123']) add(again + tail)
}
// The first hundred words in twos.
const leading = words.slice(0, 100)
for (const one of leading) for (const other of leading) add(one + other)
// What correct-horse-battery-staple made known.
for (const phrase of [
  'correcthorsebatterystaple',
  'letmeinplease',
  'thisismypassword',
  'mypasswordis',
  'ilovemyfamily',
  'opensesame123',
  'noyoucant',
  'passwordpassword',
  'changemeplease',
  'iamtheboss123',
  'whatisthepassword',
  'nevergonnagiveyouup',
  'tobeornottobe',
  'maytheforcebewithyou',
  'thequickbrownfox',
  'thequickbrownfoxjumps',
])
  for (const tail of ['', '1', '123']) add(phrase + tail)

// One wrong alarm in a hundred thousand: 24 bits and 17 hashes an entry (Bloom, 1970).
const hashes = 17
const bits = Math.ceil((list.size * 24) / 8) * 8
const marks = Buffer.alloc(bits / 8)
for (const text of list) for (const at of bloomPositions(text, bits, hashes)) marks[at >> 3] = (marks[at >> 3] ?? 0) | (1 << (at & 7))
writeFileSync(
  new URL('../server/auth/common-passwords-filter.ts', import.meta.url),
  `// Made by scripts/common-passwords.ts; what it holds is said in docs/decisions.\nexport const filter = {\n  entries: ${list.size},\n  bits: ${bits},\n  hashes: ${hashes},\n  base64:\n    '${marks.toString('base64')}',\n}\n`,
)
process.stdout.write(`${list.size} passwords, ${marks.length} bytes\n`)
