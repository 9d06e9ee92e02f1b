import { describe, expect, it } from 'vitest'
import { knowledgeDomains } from './domains.ts'

describe('knowledgeDomains', () => {
  it.each([
    ['Security', 'The system enforces encryption of every password and rotates each certificate after an incident.', 'Access control'],
    ['People', 'Every employee receives 28 days of paid leave per year. Managers approve sick leave.', 'Leave'],
    ['Finance', 'Invoices are paid within 30 days. Expenses above 200 euros need a budget.', 'Payments'],
    ['Legal', 'Permission is hereby granted, free of charge. The software comes without warranty; the copyright notice stays.', 'MIT licence'],
    ['Build', 'A webpack plugin that compiles and bundles packages. Install it from npm.', 'mini-plugin'],
    ['Culture', 'The film was directed by an award winning author of novels and stars a well known actress.', 'Some film'],
    ['Geography', 'It is a town in the northern district of the county, by a river near the coast.', 'Some town'],
    ['Space', 'The spacecraft entered an orbit around the planet after its launch by a rocket.', 'Probe'],
    ['Health', 'The patient showed symptoms of the disease; the doctor began a treatment.', 'Case'],
  ])('finds %s', (domain, text, title) => expect(knowledgeDomains(text, title, [])[0]).toBe(domain))

  it('answers General when nothing fits', () => {
    expect(knowledgeDomains('Blue things often seem to be quite pleasant.', 'Thoughts', [])).toEqual(['General'])
    expect(knowledgeDomains('', '', [])).toEqual(['General'])
  })

  it('gives at most three labels and listens to tags', () => {
    const labels = knowledgeDomains('password database button bundle function court invoice patient', '', ['finance'])
    expect(labels.length).toBeLessThanOrEqual(3)
    expect(labels[0]).toBe('Finance')
  })
})
