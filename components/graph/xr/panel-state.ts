/** Where somebody is on the panel. */
export type Place = { at: 'home' } | { at: 'atom'; id: string } | { at: 'write' } | { at: 'asking' } | { at: 'answer'; id: string }

/** The way there, the present place last. */
export type Way = readonly [Place, ...Place[]]

export const home: Way = [{ at: 'home' }]
const longestWay = 32

export const present = (way: Way): Place => way[way.length - 1] ?? way[0]

const isSame = (a: Place, b: Place) => a.at === b.at && ('id' in a ? a.id : '') === ('id' in b ? b.id : '')

/** Going on to a place; from where one is to the same place is no step. Waiting for an answer is no place to come back to. */
export function goTo(way: Way, place: Place): Way {
  if (isSame(present(way), place)) return way
  const [first, ...rest] = way
  const kept = rest.filter(({ at }) => at !== 'asking').slice(-(longestWay - 2))
  return [first, ...kept, place]
}

export function goBack(way: Way): Way {
  const [first, ...rest] = way
  return [first, ...rest.slice(0, -1)]
}
