/** Pictures made small before they are sent: what a phone takes has 5 MB, what an avatar needs a hundredth of it. */
import { Problem } from '../api/problem';

/** The server keeps 256; twice that leaves it something to scale down well. */
const SIDE_PX = 512;

/** The middle of a picture, upright. Raises Problem for what the browser cannot read. */
export async function cropAvatar(file: Blob): Promise<Blob> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Problem(400, 'not_an_image', '');
  }
  const edge = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.min(SIDE_PX, edge);
  const context = canvas.getContext('2d');
  if (!context) throw new Problem(400, 'not_an_image', '');
  context.imageSmoothingQuality = 'high';
  const [left, top] = [(bitmap.width - edge) / 2, (bitmap.height - edge) / 2];
  context.drawImage(bitmap, left, top, edge, edge, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  // A browser that cannot write WebP gives PNG instead, which the server takes too.
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/webp', 0.9);
  });
  if (!blob) throw new Problem(400, 'not_an_image', '');
  return blob;
}
