export const CATEGORIES = [
  { id: 'bakery', label: 'Bakery' },
  { id: 'produce', label: 'Fruit & veg' },
  { id: 'dairy', label: 'Dairy & eggs' },
  { id: 'deli', label: 'Deli' },
  { id: 'pantry', label: 'Pantry' },
  { id: 'drinks', label: 'Drinks' },
  { id: 'sweets', label: 'Sweets' },
  { id: 'frozen', label: 'Frozen' },
  { id: 'household', label: 'Household' },
  { id: 'garden', label: 'Garden' },
] as const;

export type CategoryId = (typeof CATEGORIES)[number]['id'];
