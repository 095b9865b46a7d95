/** How large an image is, from its first bytes: with it in the page, nothing moves when the image arrives. */
import { imageSize } from "image-size";

/** In pixels, as the image is shown. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const IMAGE = /\.(?:png|jpe?g|gif|webp|avif|svg)$/i;
/** Orientations of EXIF in which the picture lies on its side. */
const ON_ITS_SIDE = 5;

/** Null for what is no image, has no size of its own or can't be read; then the browser finds out. */
export function sizeOfImage(path: string, content: Uint8Array): Size | null {
  if (!IMAGE.test(path)) return null;
  try {
    const { width, height, orientation = 1 } = imageSize(content);
    const [across, down] = orientation >= ON_ITS_SIDE ? [height, width] : [width, height];
    const size = { width: Math.round(across), height: Math.round(down) };
    return size.width > 0 && size.height > 0 ? size : null;
  } catch {
    return null;
  }
}
