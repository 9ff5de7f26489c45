/**
 * How a width multiplier changes a layer's number of channels: to the nearest multiple of 8 (one or two SIMD registers),
 * at least 8. For the widths of the MobileNet paper (0.25, 0.5, 0.75, 1) that is the plain product.
 */
export function scaledChannels(channels: number, width: number): number {
  return Math.max(8, Math.round((channels * width) / 8) * 8)
}

/** The same as MobileNetV2's authors do it (and Keras, torchvision): never less than nine tenths of the plain product. */
export function divisibleChannels(channels: number, width: number): number {
  const nearest = scaledChannels(channels, width)
  return nearest < 0.9 * channels * width ? nearest + 8 : nearest
}
