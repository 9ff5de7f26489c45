/** TensorFlow's 'same' (zeros right and below before left and above), or so many zeros on each of the four sides. */
export type Padding = 'same' | number

export type Activation = 'linear' | 'relu' | 'relu6'
