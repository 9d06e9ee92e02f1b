import { describe, expect, it } from 'vitest'
import { plan } from './plan.ts'

describe('plan', () => {
  it.each([
    ['How many days of holiday do employees get?', 'duration'],
    ['How many people live in Velmora?', 'number'],
    ['How much does a hotel cost?', 'money'],
    ['How long is sick pay paid?', 'duration'],
    ['When was it built?', 'date'],
    ['Who approves flights?', 'person'],
    ['Where is the assembly point?', 'place'],
    ['Is alcohol reimbursed?', 'yes_no'],
    ['Why is that limited?', 'reason'],
    ['What is a sprocket?', 'definition'],
    ['How deep is the sea?', 'number'],
    ['Wie viele Tage Urlaub hat ein Mitarbeiter?', 'number'],
    ['Explain the deployment of the gateway', 'other'],
  ])('%s expects %s', (question, type) => expect(plan(question).expects).toBe(type))

  it.each([
    ['Were Scott Brandt and Ed Marlow of the same nationality?', ['Scott Brandt', 'Ed Marlow']],
    ['Who wrote "the salt lanterns"?', ['the salt lanterns']],
    ['What does maxRetries do in AC-2 since 1998?', ['maxRetries', 'AC-2', '1998']],
    ["What is Mirela Stanek's salary?", ['Mirela Stanek']],
    ['Who is the head of the Republic of Orvane?', ['Republic of Orvane']],
    ['What is the policy on pets?', []],
  ])('finds the names of %s', (question, names) => expect(plan(question).names).toEqual(names))

  it('weighs what is meant above what shapes the question', () => {
    const weights = new Map(plan('What is the company policy on sabbaticals?').terms.map((term) => [term.word, term.weight]))
    expect(weights.get('sabbaticals')).toBe(1)
    expect(weights.get('policy')).toBeLessThan(0.5)
    expect(weights.has('What')).toBe(false)
    expect(weights.has('the')).toBe(false)
  })

  it('splits conjunctions, comparisons and nested questions', () => {
    expect(plan('Who founded Velmora and when was the lighthouse built?').subQuestions).toEqual([
      'Who founded Velmora',
      'when was the lighthouse built',
    ])
    expect(plan('Are Velmora and Tarsk both in the Harrow Sea?').subQuestions[0]).toContain('Velmora')
    expect(plan('What position was held by the woman who portrayed Corla Archer in the film Kiss?').subQuestions[0]).toBe(
      'woman who portrayed Corla Archer in the film Kiss',
    )
    expect(plan('Who is the spouse of the director of Inverness?').subQuestions).toEqual([
      'director of Inverness',
      'Who is the spouse of the director',
    ])
    expect(plan('Who approves flights?').subQuestions).toEqual([])
  })

  it('reads everyday phrases as what documents call them', () => {
    expect(plan('How much time off do I get?').terms.map((term) => term.root)).toContain('leav')
  })

  it('stays quick on hostile questions', () => {
    for (const question of [
      'A '.repeat(1_000),
      'of the '.repeat(285),
      '"'.repeat(2_000),
      `the ${'x '.repeat(990)}who`,
      `${'A'.repeat(1_999)}b`,
      '-a'.repeat(1_000),
      '@a.'.repeat(660),
    ])
      expect(plan(question).question.length).toBeLessThanOrEqual(2_000)
  })
})
