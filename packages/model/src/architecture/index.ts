/** The door to the networks as descriptions; tensors come in with `gradient`, `evaluation` and `prediction`. */
export { describeNetwork, type Layer, type Network } from './network.ts'
