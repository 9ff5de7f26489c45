/** The door to photos: from JPEG bytes, or a browser's pixels, to a network's input. */
export { placeAugmented, placeCentre } from './augmentation.ts'
export { type DecoderAssets, decodeJpeg, openDecoder, readJpegSize } from './jpeg.ts'
export { LONGER_SIDE, openJpeg } from './open-jpeg.ts'
export { fromRgba, type Rgb } from './rgb.ts'
export { END_OF_IMAGE, hasTooManyScans, MOST_SCANS, START_OF_SCAN, segmentsOf } from './segments.ts'
