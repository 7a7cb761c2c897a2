import type { BackupStatus } from 'pos-backup';
import { describe, expect, it } from 'vitest';
import { SpeedMeter } from '../src/manager/speed';

const status = (timestamp: number, recordsDone: number, phase: BackupStatus['phase'] = 'reading', id = 'a'): BackupStatus => ({
  id,
  status: 'in-progress',
  progress: 0,
  message: '',
  timestamp,
  phase,
  recordsDone,
  recordsTotal: 100_000,
  bytesDone: recordsDone * 400,
});

describe('the speed of a job', () => {
  it('is unknown until there is something to measure', () => {
    const meter = new SpeedMeter();
    expect(meter.measure(status(0, 0))).toBeNull();
    expect(meter.measure(status(200, 2_000))).toBeNull();
    expect(meter.measure(status(500, 5_000))).toEqual({ recordsPerSecond: 10_000, bytesPerSecond: 4_000_000 });
  });

  it('is that of the last seconds', () => {
    const meter = new SpeedMeter();
    for (let t = 0; t <= 10_000; t += 100) meter.measure(status(t, t));
    for (let t = 10_100; t <= 16_000; t += 100) meter.measure(status(t, 10_000 + (t - 10_000) * 5));
    expect(meter.measure(status(16_100, 40_500))?.recordsPerSecond).toBeCloseTo(5_000, 0);
  });

  it('begins anew with each phase and each job', () => {
    const meter = new SpeedMeter();
    meter.measure(status(0, 0));
    expect(meter.measure(status(1_000, 90_000))).not.toBeNull();
    expect(meter.measure(status(1_100, 0, 'checking'))).toBeNull();
    expect(meter.measure(status(2_100, 1_000, 'checking'))?.recordsPerSecond).toBe(1_000);
    expect(meter.measure(status(2_200, 1_000, 'checking', 'b'))).toBeNull();
  });

  it('is not misled by the same status drawn twice', () => {
    const meter = new SpeedMeter();
    meter.measure(status(0, 0));
    meter.measure(status(1_000, 500));
    expect(meter.measure(status(1_000, 500))?.recordsPerSecond).toBe(500);
  });
});
