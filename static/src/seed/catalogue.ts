import type { TaxRateId } from '../db/types';
import type { CategoryId } from '../domain/categories';
import type { ShapeName } from './shapes';

export interface Stem {
  name: string;
  /** Cents, lowest and highest. */
  price: readonly [number, number];
  shape: ShapeName;
  varieties: readonly string[];
  sizes: readonly string[];
  allergens?: readonly string[];
  /** Whether the packet carries a nutrition table. */
  nutrition?: boolean;
}

export interface Range {
  category: CategoryId;
  prefix: string;
  tax: TaxRateId;
  brands: readonly string[];
  stems: readonly Stem[];
}

export const RANGES: readonly Range[] = [
  {
    category: 'bakery',
    prefix: 'BAK',
    tax: 'reduced',
    brands: ['Mill Street', 'Harbour Lane', 'Old Oven', 'Tara Bakehouse', 'Nolan’s', 'Three Sheaves', 'Lough Crust', 'Barrow Mill'],
    stems: [
      { name: 'Sourdough', price: [420, 680], shape: 'loaf', varieties: ['White', 'Wholemeal', 'Rye', 'Walnut', 'Seeded', 'Olive', 'Potato'], sizes: ['400 g', '800 g', '1 kg'], allergens: ['gluten'], nutrition: true },
      { name: 'Soda Bread', price: [280, 420], shape: 'loaf', varieties: ['Brown', 'White', 'Treacle', 'Spelt', 'Fruit'], sizes: ['350 g', '700 g'], allergens: ['gluten', 'milk'], nutrition: true },
      { name: 'Croissant', price: [190, 340], shape: 'bag', varieties: ['Butter', 'Almond', 'Chocolate', 'Ham & Cheese'], sizes: ['single', '4 pack'], allergens: ['gluten', 'milk', 'egg'] },
      { name: 'Scones', price: [240, 480], shape: 'bag', varieties: ['Plain', 'Fruit', 'Cheese', 'Lemon', 'Buttermilk'], sizes: ['2 pack', '4 pack', '6 pack'], allergens: ['gluten', 'milk', 'egg'] },
      { name: 'Bagels', price: [210, 390], shape: 'bag', varieties: ['Plain', 'Sesame', 'Onion', 'Cinnamon'], sizes: ['4 pack', '5 pack'], allergens: ['gluten', 'sesame'], nutrition: true },
      { name: 'Cake', price: [680, 1890], shape: 'box', varieties: ['Carrot', 'Lemon Drizzle', 'Coffee', 'Porter', 'Victoria', 'Ginger'], sizes: ['small', 'large'], allergens: ['gluten', 'milk', 'egg'] },
    ],
  },
  {
    category: 'produce',
    prefix: 'FRU',
    tax: 'zero',
    brands: ['Ardglass Farm', 'Glebe Organics', 'Boyne Valley Growers', 'Keelings', 'Slieve Orchard', 'Sandy Lane'],
    stems: [
      { name: 'Apples', price: [220, 420], shape: 'fruit', varieties: ['Elstar', 'Pink Lady', 'Bramley', 'Gala', 'Cox', 'Katy'], sizes: ['500 g', '1 kg', '2 kg'] },
      { name: 'Pears', price: [230, 390], shape: 'fruit', varieties: ['Conference', 'Comice', 'Williams'], sizes: ['500 g', '1 kg'] },
      { name: 'Potatoes', price: [190, 650], shape: 'bag', varieties: ['Rooster', 'Kerr’s Pink', 'Queens', 'Maris Piper', 'Baby'], sizes: ['1 kg', '2.5 kg', '5 kg'] },
      { name: 'Tomatoes', price: [150, 420], shape: 'fruit', varieties: ['Vine', 'Cherry', 'Plum', 'Beef', 'Heritage'], sizes: ['250 g', '500 g', '1 kg'] },
      { name: 'Carrots', price: [110, 240], shape: 'bag', varieties: ['Bunched', 'Washed', 'Chantenay', 'Rainbow'], sizes: ['500 g', '1 kg'] },
      { name: 'Salad Leaves', price: [180, 340], shape: 'bag', varieties: ['Mixed', 'Rocket', 'Baby Spinach', 'Watercress', 'Butterhead'], sizes: ['80 g', '150 g'] },
      { name: 'Punnet', price: [290, 590], shape: 'tub', varieties: ['Strawberry', 'Raspberry', 'Blueberry', 'Blackberry', 'Loganberry'], sizes: ['125 g', '250 g', '400 g'] },
    ],
  },
  {
    category: 'dairy',
    prefix: 'DAI',
    tax: 'zero',
    brands: ['Glenilen', 'Clover Hill', 'Village Dairy', 'Mossfield', 'Burren Gold', 'Corrib Creamery', 'Ballyhoura'],
    stems: [
      { name: 'Milk', price: [115, 260], shape: 'carton', varieties: ['Whole', 'Low-Fat', 'Skimmed', 'Organic', 'Lactose-Free'], sizes: ['500 ml', '1 l', '2 l'], allergens: ['milk'], nutrition: true },
      { name: 'Butter', price: [320, 520], shape: 'box', varieties: ['Salted', 'Unsalted', 'Cultured', 'Seaweed'], sizes: ['227 g', '454 g'], allergens: ['milk'], nutrition: true },
      { name: 'Yoghurt', price: [140, 480], shape: 'tub', varieties: ['Natural', 'Greek', 'Strawberry', 'Rhubarb', 'Vanilla', 'Honey'], sizes: ['150 g', '500 g', '1 kg'], allergens: ['milk'], nutrition: true },
      { name: 'Cheddar', price: [450, 920], shape: 'cheese', varieties: ['Mild', 'Mature', 'Vintage', 'Smoked', 'Red'], sizes: ['200 g', '400 g'], allergens: ['milk'], nutrition: true },
      { name: 'Brie', price: [420, 780], shape: 'cheese', varieties: ['Classic', 'Wild Garlic', 'Pepper', 'Goat’s'], sizes: ['150 g', '250 g'], allergens: ['milk'] },
      { name: 'Eggs', price: [260, 620], shape: 'box', varieties: ['Free-Range', 'Organic', 'Duck', 'Corn-Fed'], sizes: ['6 pack', '10 pack', '12 pack'], allergens: ['egg'] },
    ],
  },
  {
    category: 'deli',
    prefix: 'DEL',
    tax: 'reduced',
    brands: ['Harbour Lane', 'The Smokehouse', 'Quay Kitchen', 'Finn’s', 'Gubbeen', 'Salt & Stove'],
    stems: [
      { name: 'Soup', price: [390, 620], shape: 'tub', varieties: ['Seafood Chowder', 'Tomato & Basil', 'Leek & Potato', 'Carrot & Ginger', 'Lentil'], sizes: ['400 ml', '700 ml'], allergens: ['celery', 'milk'], nutrition: true },
      { name: 'Smoked Salmon', price: [690, 1590], shape: 'box', varieties: ['Oak', 'Beech', 'Whiskey', 'Dill'], sizes: ['100 g', '200 g', '400 g'], allergens: ['fish'], nutrition: true },
      { name: 'Ham', price: [390, 890], shape: 'box', varieties: ['Baked', 'Honey Glazed', 'Smoked', 'Crumbed'], sizes: ['120 g', '240 g'] },
      { name: 'Hummus', price: [280, 490], shape: 'tub', varieties: ['Classic', 'Red Pepper', 'Beetroot', 'Lemon'], sizes: ['170 g', '300 g'], allergens: ['sesame'], nutrition: true },
      { name: 'Quiche', price: [490, 1290], shape: 'box', varieties: ['Lorraine', 'Goat’s Cheese', 'Mushroom', 'Spinach'], sizes: ['single', 'family'], allergens: ['gluten', 'milk', 'egg'] },
      { name: 'Olives', price: [320, 640], shape: 'jar', varieties: ['Kalamata', 'Nocellara', 'Stuffed', 'Mixed', 'Chilli'], sizes: ['150 g', '280 g'] },
    ],
  },
  {
    category: 'pantry',
    prefix: 'PAN',
    tax: 'zero',
    brands: ['Flahavan', 'Green Acre', 'Sheridan', 'Highbank', 'Good Larder', 'Coolattin', 'Wild Irish', 'Santini'],
    stems: [
      { name: 'Honey', price: [590, 1290], shape: 'jar', varieties: ['Heather', 'Wildflower', 'Ivy', 'Bell Heather', 'Set'], sizes: ['227 g', '340 g', '454 g'] },
      { name: 'Jam', price: [350, 590], shape: 'jar', varieties: ['Strawberry', 'Raspberry', 'Blackcurrant', 'Damson', 'Gooseberry', 'Apricot'], sizes: ['225 g', '340 g'], nutrition: true },
      { name: 'Porridge Oats', price: [210, 540], shape: 'bag', varieties: ['Jumbo', 'Rolled', 'Pinhead', 'Gluten-Free'], sizes: ['500 g', '1 kg', '1.5 kg'], allergens: ['gluten'], nutrition: true },
      { name: 'Pasta', price: [150, 390], shape: 'bag', varieties: ['Penne', 'Fusilli', 'Linguine', 'Rigatoni', 'Orzo', 'Casarecce'], sizes: ['500 g', '1 kg'], allergens: ['gluten'], nutrition: true },
      { name: 'Beans', price: [95, 240], shape: 'can', varieties: ['Butter', 'Black', 'Kidney', 'Cannellini', 'Baked'], sizes: ['400 g', '4 pack'], nutrition: true },
      { name: 'Rapeseed Oil', price: [490, 990], shape: 'bottle', varieties: ['Cold-Pressed', 'Garlic', 'Chilli', 'Lemon', 'Smoked'], sizes: ['250 ml', '500 ml', '1 l'] },
      { name: 'Chutney', price: [380, 560], shape: 'jar', varieties: ['Tomato', 'Apple', 'Beetroot', 'Mango', 'Onion'], sizes: ['200 g', '310 g'], allergens: ['mustard'] },
      { name: 'Flour', price: [160, 420], shape: 'bag', varieties: ['Plain', 'Strong White', 'Wholemeal', 'Self-Raising', 'Spelt'], sizes: ['1 kg', '2 kg'], allergens: ['gluten'] },
    ],
  },
  {
    category: 'drinks',
    prefix: 'DRI',
    tax: 'standard',
    brands: ['Bewley & Co', 'Cliffside', 'Llewellyn', 'Barry Street', 'Deep Well', 'Kelp & Key', 'Solaris', 'Fuchsia'],
    stems: [
      { name: 'Coffee Beans', price: [790, 1690], shape: 'bag', varieties: ['House', 'Espresso', 'Ethiopia', 'Colombia', 'Decaf'], sizes: ['227 g', '500 g', '1 kg'] },
      { name: 'Tea', price: [340, 890], shape: 'box', varieties: ['Breakfast', 'Earl Grey', 'Gold', 'Mint', 'Chamomile', 'Green'], sizes: ['40 bags', '80 bags', '160 bags'] },
      { name: 'Apple Juice', price: [320, 590], shape: 'bottle', varieties: ['Cloudy', 'Cox', 'Ginger', 'Rhubarb', 'Elderflower'], sizes: ['250 ml', '750 ml', '1 l'], nutrition: true },
      { name: 'Lemonade', price: [190, 420], shape: 'bottle', varieties: ['Still', 'Pink', 'Sparkling', 'Red'], sizes: ['330 ml', '750 ml'], nutrition: true },
      { name: 'Cider', price: [380, 1290], shape: 'bottle', varieties: ['Dry', 'Medium', 'Farmhouse', 'Ice'], sizes: ['500 ml', '750 ml'], allergens: ['sulphites'] },
      { name: 'Sparkling Water', price: [110, 290], shape: 'bottle', varieties: ['Plain', 'Lime', 'Grapefruit', 'Cucumber'], sizes: ['500 ml', '1 l', '6 pack'] },
    ],
  },
  {
    category: 'sweets',
    prefix: 'SWE',
    tax: 'standard',
    brands: ['Skelligs', 'Lir', 'Cocoa Atelier', 'Wilde', 'Lismore', 'Aine', 'Bean & Goose'],
    stems: [
      { name: 'Chocolate', price: [250, 690], shape: 'bar', varieties: ['Dark 70 %', 'Milk', 'Sea Salt', 'Hazelnut', 'Orange', 'White'], sizes: ['75 g', '100 g', '180 g'], allergens: ['milk', 'soya'], nutrition: true },
      { name: 'Shortbread', price: [290, 640], shape: 'box', varieties: ['All-Butter', 'Lemon', 'Chocolate Chip', 'Lavender'], sizes: ['150 g', '300 g'], allergens: ['gluten', 'milk'], nutrition: true },
      { name: 'Fudge', price: [320, 590], shape: 'bag', varieties: ['Clotted Cream', 'Sea Salt', 'Rum & Raisin', 'Maple'], sizes: ['120 g', '240 g'], allergens: ['milk'] },
      { name: 'Toffee', price: [260, 480], shape: 'bag', varieties: ['Honeycomb', 'Treacle', 'Almond', 'Creamy'], sizes: ['150 g', '300 g'], allergens: ['milk'] },
      { name: 'Oat Biscuits', price: [220, 420], shape: 'box', varieties: ['Plain', 'Ginger', 'Apple', 'Cranberry', 'Cheese'], sizes: ['150 g', '250 g'], allergens: ['gluten'], nutrition: true },
    ],
  },
  {
    category: 'frozen',
    prefix: 'FRO',
    tax: 'zero',
    brands: ['Northern Catch', 'Scúp', 'Cold Acre', 'Murphy’s', 'Green Acre', 'Strand'],
    stems: [
      { name: 'Ice Cream', price: [390, 890], shape: 'tub', varieties: ['Vanilla', 'Brown Bread', 'Sea Salt', 'Raspberry', 'Honeycomb'], sizes: ['120 ml', '500 ml', '1 l'], allergens: ['milk', 'egg'], nutrition: true },
      { name: 'Peas', price: [190, 380], shape: 'bag', varieties: ['Garden', 'Petits Pois', 'Sugar Snap'], sizes: ['450 g', '900 g'], nutrition: true },
      { name: 'Fish Fillets', price: [590, 1290], shape: 'box', varieties: ['Cod', 'Haddock', 'Hake', 'Salmon', 'Whiting'], sizes: ['250 g', '400 g', '800 g'], allergens: ['fish'], nutrition: true },
      { name: 'Pizza', price: [450, 790], shape: 'box', varieties: ['Margherita', 'Pepperoni', 'Goat’s Cheese', 'Mushroom', 'Nduja'], sizes: ['single', '2 pack'], allergens: ['gluten', 'milk'], nutrition: true },
      { name: 'Frozen Fruit', price: [320, 690], shape: 'bag', varieties: ['Mixed Berry', 'Blackberry', 'Blueberry', 'Mango'], sizes: ['300 g', '600 g'] },
    ],
  },
  {
    category: 'household',
    prefix: 'HOU',
    tax: 'standard',
    brands: ['Lilly’s Eco', 'Clean Quay', 'Bright Side', 'Ecover Lane', 'VioSol', 'Nest'],
    stems: [
      { name: 'Washing-Up Liquid', price: [220, 490], shape: 'bottle', varieties: ['Lemon', 'Mandarin', 'Unscented', 'Eucalyptus'], sizes: ['500 ml', '750 ml', '1 l'] },
      { name: 'Laundry Liquid', price: [590, 1490], shape: 'bottle', varieties: ['Bio', 'Non-Bio', 'Wool', 'Sensitive'], sizes: ['1 l', '1.5 l', '3 l'] },
      { name: 'Soap', price: [290, 690], shape: 'box', varieties: ['Seaweed', 'Oat', 'Lavender', 'Honey', 'Peppermint'], sizes: ['100 g', '3 pack'] },
      { name: 'Candle', price: [690, 2490], shape: 'jar', varieties: ['Turf', 'Sea Air', 'Fig', 'Hedgerow', 'Beeswax'], sizes: ['small', 'large'] },
      { name: 'Bin Bags', price: [240, 520], shape: 'box', varieties: ['Compostable', 'Recycled', 'Heavy-Duty'], sizes: ['10 pack', '20 pack', '50 pack'] },
      { name: 'Matches', price: [95, 240], shape: 'box', varieties: ['Kitchen', 'Long', 'Storm'], sizes: ['1 box', '6 boxes'] },
    ],
  },
  {
    category: 'garden',
    prefix: 'GAR',
    tax: 'standard',
    brands: ['Brown Envelope', 'Kilmurry', 'Westland', 'Potting Shed', 'Thornhill', 'Sow & Grow'],
    stems: [
      { name: 'Seeds', price: [195, 420], shape: 'packet', varieties: ['Broad Bean', 'Kale', 'Beetroot', 'Sweet Pea', 'Nasturtium', 'Lettuce', 'Leek', 'Courgette'], sizes: ['packet', 'grower’s pack'] },
      { name: 'Compost', price: [490, 1290], shape: 'bag', varieties: ['Peat-Free', 'Seedling', 'Ericaceous', 'Vegetable'], sizes: ['10 l', '25 l', '50 l'] },
      { name: 'Plant Food', price: [390, 990], shape: 'bottle', varieties: ['Seaweed', 'Tomato', 'Rose', 'House'], sizes: ['500 ml', '1 l'] },
      { name: 'Twine', price: [250, 690], shape: 'spool', varieties: ['Jute', 'Green', 'Tarred', 'Cotton'], sizes: ['50 m', '100 m', '200 m'] },
      { name: 'Bird Feed', price: [390, 1890], shape: 'bag', varieties: ['Nyjer', 'Peanut', 'Sunflower', 'Mixed'], sizes: ['1 kg', '2 kg', '5 kg'] },
    ],
  },
];

export const SUPPLIERS = [
  { code: 'ATL', name: 'Atlantic Wholesale Foods', leadDays: 2 },
  { code: 'BRW', name: 'Barrow Valley Distributors', leadDays: 3 },
  { code: 'CEL', name: 'Celtic Provisions Co-operative', leadDays: 1 },
  { code: 'DUN', name: 'Dunmore Cash & Carry', leadDays: 1 },
  { code: 'EIR', name: 'Éirne Growers’ Market', leadDays: 1 },
  { code: 'FOY', name: 'Foyle Household Supply', leadDays: 5 },
  { code: 'GAL', name: 'Galway Bay Importers', leadDays: 7 },
] as const;

export const TAGS = ['organic', 'local', 'vegan', 'new', 'seasonal', 'fairtrade', 'gift', 'clearance'] as const;

export const NUTRIENTS = ['energyKj', 'fat', 'saturates', 'carbohydrate', 'sugars', 'protein', 'salt'] as const;
