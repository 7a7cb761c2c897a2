import { useState, type DragEvent } from 'react';
import { Icon } from '../ui/Icon';

interface DropZoneProps {
  disabled: boolean;
  chosen: string | null;
  onFile: (file: File) => void;
}

export function DropZone({ disabled, chosen, onFile }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const onDragOver = (event: DragEvent): void => {
    event.preventDefault();
    event.dataTransfer.dropEffect = disabled ? 'none' : 'copy';
    setOver(!disabled);
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && !disabled) onFile(file);
  };
  return (
    <label className={`drop${over ? ' drop-over' : ''}${chosen === null ? '' : ' drop-chosen'}`} onDragOver={onDragOver} onDragLeave={() => setOver(false)} onDrop={onDrop}>
      <Icon name={chosen === null ? 'upload' : 'file'} size={24} />
      <span className="drop-text">
        {chosen === null ? (
          <>
            <strong>Choose a backup file</strong>
            <span> or drop it here</span>
          </>
        ) : (
          <>
            <strong>{chosen}</strong>
            <span> Choose another</span>
          </>
        )}
      </span>
      <input
        className="visually-hidden"
        type="file"
        accept=".zip,application/zip"
        aria-label="Backup file"
        disabled={disabled}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file can be chosen again after it was mended.
          event.target.value = '';
          if (file) onFile(file);
        }}
      />
    </label>
  );
}
