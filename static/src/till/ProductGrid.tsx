import { useEffect } from 'react';
import type { Product } from '../db/types';
import { preferencesState } from '../state/preferences';
import { useStore } from '../state/store';
import { Icon } from '../ui/Icon';
import { ProductTile } from './ProductTile';
import type { ProductSearch } from './useProductSearch';

export const RESULTS_ID = 'product-results';
export const optionId = (id: number): string => `product-${id}`;

interface ProductGridProps {
  search: ProductSearch;
  text: string;
  active: number;
  onChoose: (product: Product) => void;
}

export function ProductGrid({ search, text, active, onChoose }: ProductGridProps) {
  const { tileSize, showPictures } = useStore(preferencesState);
  const products = search.products ?? [];
  const activeId = products[active]?.id;

  useEffect(() => {
    if (activeId !== undefined) document.getElementById(optionId(activeId))?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);

  return (
    <div className="goods-scroll" role="group" aria-label="Product list" tabIndex={0}>
      {search.waiting && (
        <p className="notice notice-info goods-waiting" role="status">
          <Icon name="clock" />
          <span>Waiting for the database: a restore is writing to it, or another tab holds it. What is shown here can be sold.</span>
        </p>
      )}
      {search.error && (
        <p className="hint-line" role="alert">
          The search failed: {search.error.message}
        </p>
      )}
      <div id={RESULTS_ID} role="listbox" aria-label="Products found" className={`goods goods-${tileSize}`}>
        {products.map((product, i) => (
          <ProductTile key={product.id} product={product} selected={i === active} picture={showPictures && tileSize === 'comfortable'} onChoose={onChoose} />
        ))}
      </div>
      {products.length === 0 && search.products !== undefined && (
        <p className="goods-none">
          {text === '' ? 'No products in this category.' : <>Nothing matches “{text}”. Try part of a word, the SKU or the barcode.</>}
        </p>
      )}
    </div>
  );
}
