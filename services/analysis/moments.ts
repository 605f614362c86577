/** Count, mean, standard deviation and ends of numbers as they come, exact whatever their number (Welford's recurrence). */
export class Moments {
  count = 0
  mean = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  #squares = 0

  add(value: number): void {
    this.count++
    const before = value - this.mean
    this.mean += before / this.count
    this.#squares += before * (value - this.mean)
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
  }

  /** Of a sample, with n - 1 below the line; NaN for fewer than two numbers, as in pandas. */
  get deviation(): number {
    return this.count < 2 ? Number.NaN : Math.sqrt(this.#squares / (this.count - 1))
  }
}
