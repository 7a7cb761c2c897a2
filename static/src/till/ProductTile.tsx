import { memo } from 'react';
import type { Product } from '../db/types';
import { Money } from '../ui/Money';
import { optionId } from './ProductGrid';
import { ProductPicture } from './ProductPicture';

interface ProductTileProps {
  product: Product;
  selected: boolean;
  picture: boolean;
  onChoose: (product: Product) => void;
}

/** A number and its unit stay on one line. */
const withSizeTogether = (name: string): string => name.replace(/(\d) (?=\S+$)/, '$1\u00a0');

export const ProductTile = memo(function ProductTile({ product, selected, picture, onChoose }: ProductTileProps) {
  return (
    <div id={optionId(product.id)} role="option" aria-selected={selected} className="tile" onClick={() => onChoose(product)}>
      {picture && <ProductPicture product={product} />}
      <div className="tile-text">
        <span className="tile-name">{withSizeTogether(product.name)}</span>
        <span className="tile-brand">{product.brand}</span>
      </div>
      <div className="tile-foot">
        <Money cents={product.price} label />
        <span className="tile-sku">{product.sku}</span>
      </div>
    </div>
  );
}, (before, after) => before.product.id === after.product.id && before.product.updatedAt.getTime() === after.product.updatedAt.getTime() && before.selected === after.selected && before.picture === after.picture);
