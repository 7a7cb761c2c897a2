import { useEffect, useRef } from 'react';
import type { Product } from '../db/types';
import { CATEGORIES } from '../domain/categories';

const SIZE = 64;

/** The product's picture, else its thumb, else the first letter of its category. */
export function ProductPicture({ product }: { product: Product }) {
  const canvas = useRef<HTMLCanvasElement>(null);

  // Decoded and drawn without an object URL: making those for a screen of products takes the page
  // longer than drawing it.
  useEffect(() => {
    const blob = product.image ?? (product.thumb ? new Blob([new Uint8Array(product.thumb)], { type: 'image/png' }) : undefined);
    if (!blob) return;
    let wanted = true;
    createImageBitmap(blob).then(
      (bitmap) => {
        if (wanted) canvas.current?.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap);
        else bitmap.close();
      },
      () => {
        // What the browser cannot decode stays an empty square.
      },
    );
    return () => {
      wanted = false;
    };
  }, [product]);

  if (product.image || product.thumb) return <canvas ref={canvas} className="tile-picture" width={SIZE} height={SIZE} aria-hidden="true" />;
  const label = CATEGORIES.find(({ id }) => id === product.category)?.label ?? product.category;
  return (
    <span className="tile-picture tile-letter" aria-hidden="true">
      {label.slice(0, 1)}
    </span>
  );
}
