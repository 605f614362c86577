/** NumPy sums up to so many numbers in eight turns, and halves what is longer. */
const PIECE = 128
const TURNS = 8

/** The mean of numbers to the last bit as NumPy has it, which adds them pairwise. */
export function pairwiseMean(numbers: readonly number[]): number {
  return pairwiseSum(numbers, 0, numbers.length) / numbers.length
}

function pairwiseSum(numbers: readonly number[], from: number, to: number): number {
  const count = to - from
  if (count < TURNS) {
    let sum = -0
    for (let i = from; i < to; i++) sum += numbers[i] as number
    return sum
  }
  if (count > PIECE) {
    const half = Math.floor(count / 2)
    const middle = from + half - (half % TURNS)
    return pairwiseSum(numbers, from, middle) + pairwiseSum(numbers, middle, to)
  }
  const sums = numbers.slice(from, from + TURNS)
  let at = from + TURNS
  for (; at + TURNS <= to; at += TURNS) {
    for (let turn = 0; turn < TURNS; turn++) sums[turn] = (sums[turn] as number) + (numbers[at + turn] as number)
  }
  const [a, b, c, d, e, f, g, h] = sums as [number, number, number, number, number, number, number, number] // TURNS of them
  let sum = a + b + (c + d) + (e + f + (g + h))
  for (; at < to; at++) sum += numbers[at] as number
  return sum
}
