import { describe, expect, it } from 'vitest'
import { indexTerms } from '../lexical/analysis.ts'
import { IndexView } from '../lexical/index-view.ts'
import { encodeSegment, Segment } from '../lexical/segment.ts'
import { deserialiseLatent, latentSearch, serialiseLatent, trainLatent } from './latent.ts'
import { seededRandom } from './random.ts'
import { dominantSubspace } from './subspace.ts'

const subjects = [
  'boat harbour sail wind anchor mast rudder sailor tide wave'.split(' '),
  'bread oven flour yeast dough crust baker loaf butter salt'.split(' '),
  'court judge verdict appeal lawyer witness trial jury oath bench'.split(' '),
]

async function viewOf(texts: string[], segmentAtoms: number): Promise<IndexView> {
  const atoms = texts.map((text, i) => ({ number: i + 1, ...indexTerms('', text) }))
  const segments: { id: string; segment: Segment }[] = []
  for (let from = 0; from < atoms.length; from += segmentAtoms) {
    segments.push({ id: String(from), segment: new Segment(await encodeSegment(atoms.slice(from, from + segmentAtoms))) })
  }
  return new IndexView(segments, { atoms: atoms.length, totalLength: atoms.reduce((sum, { length }) => sum + length, 0) }, { k1: 1, b: 0.5 })
}

function corpus(): string[] {
  const random = seededRandom(3)
  return Array.from({ length: 90 }, (_, i) => Array.from({ length: 6 }, () => subjects[i % 3]?.[Math.floor(random() * 10)]).join(' '))
}

describe('latent semantic analysis', () => {
  it('finds atoms of the same subject that share no word with the question', async () => {
    const texts = corpus()
    const view = await viewOf(texts, 32)
    const model = await trainLatent(view, { dimensions: 4 })
    if (!model) throw new Error('no model')
    const found = await latentSearch(view, model, ['yeast'], 20)
    expect(found).toHaveLength(20)
    expect(found.every(({ number }) => (number - 1) % 3 === 1)).toBe(true)
    expect(found.some(({ number }) => !texts[number - 1]?.includes('yeast'))).toBe(true)
  })

  it('is the same for the same knowledge, and survives its bytes', async () => {
    const view = await viewOf(corpus(), 32)
    const [one, two] = [await trainLatent(view, { dimensions: 8 }), await trainLatent(view, { dimensions: 8 })]
    if (!one || !two) throw new Error('no model')
    expect(serialiseLatent(one).equals(serialiseLatent(two))).toBe(true)
    const again = deserialiseLatent(serialiseLatent(one))
    expect(await latentSearch(view, again, ['judge', 'oath'], 10)).toEqual(await latentSearch(view, one, ['judge', 'oath'], 10))
    expect(() => deserialiseLatent(serialiseLatent(one).subarray(0, 100))).toThrow()
  })

  it('stops when it is told to', async () => {
    const view = await viewOf(corpus(), 32)
    await expect(trainLatent(view, { dimensions: 8, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })

  it('finds the singular vectors of a matrix in order', async () => {
    // Rows along three axes of different strength: the vectors are the axes.
    const rows = [
      [0, 9],
      [1, 5],
      [2, 2],
      [0, 9],
      [1, 5],
    ] as const
    const matrix = {
      columnCount: 6,
      columns: rows.map(([column]) => Int32Array.of(column)),
      weights: rows.map(([, weight]) => Float32Array.of(weight)),
    }
    const basis = await dominantSubspace(matrix, { seeds: [1, 2, 3, 4, 5, 6], dimensions: 3, extra: 2, iterations: 6 })
    for (let d = 0; d < 3; d++)
      for (let column = 0; column < 6; column++) expect(Math.abs(basis[column * 3 + d] as number)).toBeCloseTo(column === d ? 1 : 0, 3)
  })
})
