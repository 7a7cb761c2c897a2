const ramp = (length, of = Uint8ClampedArray) => of.from({ length }, (_, i) => (i * 31) % 256);

/** Pixels. */
export function images() {
  return {
    'ImageData': () => new ImageData(ramp(4 * 3 * 2), 3, 2),
    'ImageData of 64 × 64': () => new ImageData(ramp(4 * 64 * 64), 64, 64),
    'ImageData, and its pixels elsewhere': () => ((image) => ({ image, pixels: image.data, buffer: image.data.buffer }))(new ImageData(ramp(4 * 3 * 2), 3, 2)),
    'ImageData and its buffer, 80 to 100 deep': () =>
      Array.from({ length: 21 }, (_, i) => {
        const image = new ImageData(ramp(4 * 3 * 2), 3, 2);
        let value = [image, image.data.buffer];
        for (let depth = 0; depth < 80 + i; depth++) value = [value];
        return value;
      }),
    'ImageData in display-p3': () => {
      const image = new ImageData(ramp(4 * 3 * 2), 3, 2, { colorSpace: 'display-p3' });
      if (image.colorSpace !== 'display-p3') throw new Error('has no ImageData in display-p3');
      return image;
    },
    'ImageData of 16-bit floats': () => {
      const image = new ImageData(3, 2, { pixelFormat: 'rgba-float16' });
      if (image.pixelFormat !== 'rgba-float16') throw new Error('has no ImageData of 16-bit floats');
      image.data.set([0.1, -2, 70_000, NaN]);
      return image;
    },
    'ImageBitmap without transparency': () => createImageBitmap(opaque(5, 3)),
    'ImageBitmap of 300 × 200': () => createImageBitmap(opaque(300, 200)),
  };
}

/** A picture in which every pixel is another one. */
export function opaque(width, height) {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([i & 255, (i * 7) & 255, i >> 8, 255], i * 4);
  return image;
}
