/** The door to photos: from JPEG bytes, or a browser's pixels, to a network's input. */
export { placeAugmented, placeCentre } from './augmentation.ts'
export { type Orientation, orientationOf } from './exif-orientation.ts'
export { type DecoderAssets, decodeJpeg, openDecoder, readJpegSize } from './jpeg.ts'
export { fromRgba, type Rgb } from './rgb.ts'
export { END_OF_IMAGE, hasTooManyScans, MOST_SCANS, START_OF_SCAN, segmentsOf } from './segments.ts'
export { upright } from './upright.ts'
