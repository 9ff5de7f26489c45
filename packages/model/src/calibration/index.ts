/** What follows from a model's calibration, for tabs and the server alike. Knows no tensor library. */
export { encodeHeads, headsOf, type LinearHead, linearScore, type ModelHeads, NO_HEADS } from './heads.ts'
export { suggestedOrgan } from './organ.ts'
export { plantScoreOf, showsPlant } from './plant.ts'
export { type Named, nameAtRank, type Rank, rollUp, shortlistOf } from './roll-up.ts'
export { softmax } from './softmax.ts'
