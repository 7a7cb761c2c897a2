import { CATEGORIES } from '../domain/categories';

interface CategoryChipsProps {
  category: string | null;
  onCategory: (category: string | null) => void;
}

const CHIPS = [{ id: null, label: 'All' }, ...CATEGORIES];

export function CategoryChips({ category, onCategory }: CategoryChipsProps) {
  return (
    <div className="chips" role="group" aria-label="Category">
      {CHIPS.map(({ id, label }) => (
        <button key={label} type="button" className="chip" aria-pressed={category === id} onClick={() => onCategory(id)}>
          {label}
        </button>
      ))}
    </div>
  );
}
