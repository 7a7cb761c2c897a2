export const FIRST_NAMES = [
  'Aoife', 'Saoirse', 'Niamh', 'Ciara', 'Róisín', 'Orla', 'Sinéad', 'Gráinne', 'Maeve', 'Fiona', 'Deirdre', 'Eimear', 'Clodagh', 'Úna', 'Bríd',
  'Conor', 'Cian', 'Oisín', 'Pádraig', 'Seán', 'Eoin', 'Darragh', 'Fergus', 'Liam', 'Ronan', 'Tadhg', 'Cormac', 'Declan', 'Niall', 'Brendan',
  'Anna', 'Kasia', 'Agnieszka', 'Tomasz', 'Piotr', 'Mateus', 'Beatriz', 'João', 'Amara', 'Chidi', 'Priya', 'Arjun', 'Mei', 'Yusuf', 'Leila',
  'Grace', 'Hannah', 'Lucy', 'Martha', 'Rose', 'Daniel', 'David', 'George', 'Hugh', 'Martin', 'Paul', 'Stephen', 'Thomas', 'Victor', 'William',
] as const;

export const LAST_NAMES = [
  'Murphy', 'Kelly', 'O’Sullivan', 'Walsh', 'Byrne', 'Ryan', 'O’Connor', 'Doyle', 'McCarthy', 'Gallagher', 'Doherty', 'Kennedy', 'Lynch', 'Murray',
  'Quinn', 'Moore', 'McLoughlin', 'Carroll', 'Connolly', 'Daly', 'Wilson', 'Dunne', 'Brennan', 'Burke', 'Collins', 'Campbell', 'Clarke', 'Hughes',
  'Farrell', 'Fitzgerald', 'Brown', 'Martin', 'Maguire', 'Nolan', 'Flynn', 'O’Callaghan', 'Power', 'O’Neill', 'Duffy', 'Foley', 'Healy', 'Sweeney',
  'Kowalski', 'Nowak', 'Silva', 'Oliveira', 'Okafor', 'Adeyemi', 'Sharma', 'Patel', 'Chen', 'Demir', 'Haddad', 'Rossi', 'Weber', 'Lindqvist',
] as const;

export const STREETS = [
  'Harbour Lane', 'Main Street', 'Church Road', 'Strand Road', 'Mill Lane', 'Chapel Street', 'The Quay', 'Castle Street', 'Bridge Street', 'Abbey View',
  'Orchard Close', 'Priory Terrace', 'Seaview Avenue', 'Sandymount Park', 'Glebe Road', 'Fair Green', 'Market Square', 'Convent Hill', 'Lough View', 'Ashgrove',
] as const;

export const TOWNS = [
  { town: 'Kilrush', county: 'Clare', postcode: 'V15' },
  { town: 'Kinsale', county: 'Cork', postcode: 'P17' },
  { town: 'Dungarvan', county: 'Waterford', postcode: 'X35' },
  { town: 'Dingle', county: 'Kerry', postcode: 'V92' },
  { town: 'Westport', county: 'Mayo', postcode: 'F28' },
  { town: 'Carlingford', county: 'Louth', postcode: 'A91' },
  { town: 'Clifden', county: 'Galway', postcode: 'H71' },
  { town: 'Wicklow', county: 'Wicklow', postcode: 'A67' },
  { town: 'Ballyshannon', county: 'Donegal', postcode: 'F94' },
  { town: 'New Ross', county: 'Wexford', postcode: 'Y34' },
] as const;

export const CASHIERS = ['Maeve', 'Tomasz', 'Aoife', 'Hugh', 'Priya'] as const;

export const CUSTOMER_NOTES = [
  'Prefers paper receipts.',
  'Delivery to the back door, please ring twice.',
  'Orders sourdough every Friday; keep one aside.',
  'Account customer: invoice at the end of the month.',
  'Allergic to nuts, ask before suggesting an alternative.',
  'Collects for the parish kitchen; tax receipt needed.',
] as const;

export const ORDER_NOTES = [
  'Customer brings own bags.',
  'Collect after 17:00.',
  'Gift wrap, no price on the receipt.',
  'Leave at the neighbour’s if nobody is in.',
  'Swap for the wholemeal loaf if sold out.',
  'Staff discount approved by Maeve.',
  'Hamper for the sailing club raffle.',
  'Call when ready: mobile on the customer card.',
] as const;
