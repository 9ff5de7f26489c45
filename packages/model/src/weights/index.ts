/** Weights from elsewhere and for elsewhere. Knows no tensor library. */
export { type Beginning, beginningWith } from './beginning.ts'
export type { ByteSource, SourceFolder } from './byte-source.ts'
export { bytesOf, type NamedTensor, type TensorShape } from './named-tensor.ts'
export { cutIntoParts, readParts } from './parts.ts'
export { writeSafetensors } from './safetensors-writing.ts'
export { tensorShapes, tensorsOf } from './vector.ts'
export { readWeightsFolder, SPECIES_KEY, speciesOf } from './weights-folder.ts'
