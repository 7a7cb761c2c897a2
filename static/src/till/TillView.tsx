import { useRef, useState } from 'react';
import type { Product } from '../db/types';
import { addProduct } from '../domain/cart';
import { saleTotals } from '../domain/money';
import { dataEpoch } from '../state/dataEpoch';
import { cartState } from '../state/session';
import { useFormats, useShopConfig } from '../state/shop';
import { useStore } from '../state/store';
import { announce } from '../ui/announce';
import { CategoryChips } from './CategoryChips';
import { EmptyTill } from './EmptyTill';
import { ProductGrid } from './ProductGrid';
import { SaleBar } from './SaleBar';
import { SaleSlip } from './SaleSlip';
import { SearchBox } from './SearchBox';
import { TillDialogs } from './TillDialogs';
import { productFor, useProductSearch } from './useProductSearch';
import { useTillDialog } from './useTillDialog';
import { useTillKeys } from './useTillKeys';

export function TillView() {
  const [text, setText] = useState('');
  const [category, setCategory] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const [slipOpen, setSlipOpen] = useState(false);
  const searchField = useRef<HTMLInputElement>(null);
  const dialog = useTillDialog();
  const { taxes } = useShopConfig();
  const formats = useFormats();
  const cart = useStore(cartState);
  const search = useProductSearch(text, category);
  const epoch = useStore(dataEpoch);
  useTillKeys({ searchField, text, dialog });

  const ringUp = (product: Product): void => {
    cartState.update((cart) => addProduct(cart, product, Date.now()));
    announce(`Added ${product.name}. Total ${formats.money(saleTotals(cartState.get().lines, taxes).due)}.`);
  };
  const choose = (product: Product): void => {
    ringUp(product);
    setText('');
    setActive(0);
  };
  const enter = async (): Promise<void> => {
    const wanted = text.trim();
    if (wanted === '') return;
    const picked = active > 0 && search.answered === text ? search.products?.[active] : undefined;
    // Emptied before the answer is there: a scanner does not wait before it types the next code.
    setText('');
    setActive(0);
    const product = picked ?? (await productFor(wanted, category));
    if (product) {
      ringUp(product);
      return;
    }
    announce(`Nothing found for ${wanted}.`);
    setText((now) => (now === '' ? wanted : now));
  };

  if (search.products?.length === 0 && text === '' && category === null) return <EmptyTill />;
  return (
    <div className={slipOpen ? 'till till-slip-open' : 'till'}>
      <h1 className="visually-hidden">Till</h1>
      <section className="till-goods" aria-label="Products">
        <SearchBox
          field={searchField}
          text={text}
          search={search}
          active={active}
          onText={(next) => {
            setText(next);
            setActive(0);
          }}
          onActive={setActive}
          onEnter={() => void enter()}
        />
        <CategoryChips category={category} onCategory={setCategory} />
        <ProductGrid key={epoch} search={search} text={text} active={text === '' ? -1 : active} onChoose={choose} />
      </section>
      <SaleSlip cart={cart} onOpen={dialog.open} onBack={() => setSlipOpen(false)} />
      <SaleBar cart={cart} onOpen={() => setSlipOpen(true)} />
      <TillDialogs dialog={dialog} />
    </div>
  );
}
