/** WebGPU on Dawn, put where browsers have it; `npm test` gives it a software Vulkan where there is no GPU. */
export async function offerGpu(): Promise<boolean> {
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  const gpu = create([])
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
  return (await gpu.requestAdapter()) !== null
}
