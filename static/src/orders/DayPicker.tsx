import { addDays, startOfDay } from '../db/day';
import { Icon } from '../ui/Icon';

const two = (value: number): string => String(value).padStart(2, '0');
const fieldValue = (day: Date): string => `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;

export function DayPicker({ day, onDay }: { day: Date; onDay: (day: Date) => void }) {
  return (
    <div className="day-picker" role="group" aria-label="Day">
      <button type="button" className="button button-icon" aria-label="Day before" onClick={() => onDay(addDays(day, -1))}>
        <Icon name="left" />
      </button>
      <input
        type="date"
        aria-label="Date"
        value={fieldValue(day)}
        onChange={(event) => {
          const [year, month, date] = event.target.value.split('-').map(Number);
          if (year && month && date) onDay(new Date(year, month - 1, date));
        }}
      />
      <button type="button" className="button button-icon" aria-label="Day after" onClick={() => onDay(addDays(day, 1))}>
        <Icon name="right" />
      </button>
      <button type="button" className="button" onClick={() => onDay(startOfDay(Date.now()))}>
        Today
      </button>
    </div>
  );
}
