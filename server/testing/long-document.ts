/** A document of 900 sections, each a text of its own, so that it takes several transactions. */
export const longDocument = Array.from(
  { length: 900 },
  (_, i) => `## Pump ${i}\n\nPump ${i} stands in hall ${i % 7} and is serviced every ${(i % 11) + 2} weeks by team ${i % 5}.`,
).join('\n\n')
