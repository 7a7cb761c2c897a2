import { printerState } from '../state/preferences';
import { useStore } from '../state/store';

export function PrinterPanel() {
  const printer = useStore(printerState);
  return (
    <section className="panel" aria-labelledby="printer-title">
      <h2 id="printer-title">Printer</h2>
      <label className="field">
        <span>Printer name</span>
        <input value={printer.name} onChange={(event) => printerState.set({ ...printer, name: event.target.value })} />
      </label>
      <div className="field-row">
        <label className="field">
          <span>Paper width</span>
          <select value={printer.paperMm} onChange={(event) => printerState.set({ ...printer, paperMm: event.target.value === '58' ? 58 : 80 })}>
            <option value={58}>58 mm</option>
            <option value={80}>80 mm</option>
          </select>
        </label>
        <label className="field">
          <span>Copies</span>
          <select value={printer.copies} onChange={(event) => printerState.set({ ...printer, copies: Number(event.target.value) })}>
            <option value={1}>1</option>
            <option value={2}>2</option>
            <option value={3}>3</option>
          </select>
        </label>
      </div>
    </section>
  );
}
