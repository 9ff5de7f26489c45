export function openLayersModel(file: (name: string) => Uint8Array): Promise<{
  predict(images: Float32Array, size: number): Float32Array
  layer(name: string, images: Float32Array, size: number): Float32Array
  dispose(): void
}>
