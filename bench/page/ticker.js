const TICK_MS = 5;
const LONG_MS = 50;

/** Watches the main thread: how long it was kept from answering at most, and the sum of the gaps that a person notices. */
export function startTicker() {
  let last = performance.now();
  let [longestGapMs, longGapsMs] = [0, 0];
  const tick = () => {
    const now = performance.now();
    const gap = now - last;
    last = now;
    longestGapMs = Math.max(longestGapMs, gap);
    if (gap > LONG_MS) longGapsMs += gap;
  };
  const timer = setInterval(tick, TICK_MS);
  return {
    stop() {
      tick();
      clearInterval(timer);
      return { longestGapMs, longGapsMs };
    },
  };
}
