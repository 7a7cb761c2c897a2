import { useMemo } from 'react';
import { CATEGORIES } from '../domain/categories';
import type { Product } from '../db/types';
import { useObjectUrl } from '../ui/useObjectUrl';

/** The product's picture, else its thumb, else the first letter of its category. */
export function ProductPicture({ product }: { product: Product }) {
  const blob = useMemo(
    () => product.image ?? (product.thumb ? new Blob([Uint8Array.from(product.thumb)], { type: 'image/png' }) : undefined),
    [product],
  );
  const url = useObjectUrl(blob);
  if (url) return <img className={product.image ? 'tile-picture' : 'tile-picture tile-picture-thumb'} src={url} alt="" width={56} height={56} />;
  const label = CATEGORIES.find(({ id }) => id === product.category)?.label ?? product.category;
  return (
    <span className={`tile-picture tile-letter tile-letter-${product.category}`} aria-hidden="true">
      {label.slice(0, 1)}
    </span>
  );
}
