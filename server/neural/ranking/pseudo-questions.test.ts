import { expect, it } from 'vitest'
import { middleSentences } from './pseudo-questions.ts'

const middle = 'the pressure on the wing was measured at several angles of attack .'

it('finds the sentences between the first and the last', () => {
  expect(middleSentences(`A wing was built. The pressure on the wing was measured at several angles, e.g. at 5 degrees. It fell.`)).toEqual([
    'The pressure on the wing was measured at several angles, e.g. at 5 degrees.',
  ])
})

it('finds them in a text without capital letters too', () => {
  expect(middleSentences(`a wing was built . ${middle} it fell .`)).toEqual([middle])
})
