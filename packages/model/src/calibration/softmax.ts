/** From logits to scores; a temperature above 1 makes them less sure, and never changes their order (Guo et al. 2017). */
import { exponential } from '../number/exponential.ts'

export function softmax(logits: ArrayLike<number>, temperature = 1): Float32Array<ArrayBuffer> {
  let largest = -Infinity
  for (let i = 0; i < logits.length; i++) largest = Math.max(largest, logits[i]!)
  const powers = new Float64Array(logits.length)
  let sum = 0
  for (let i = 0; i < logits.length; i++) {
    const power = exponential((logits[i]! - largest) / temperature)
    powers[i] = power
    sum += power
  }
  return Float32Array.from(powers, (power) => power / sum)
}
