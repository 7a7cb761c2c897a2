/**
 * Moves the focus to an element when it would otherwise be nowhere: what had it is gone or disabled.
 * Someone who works elsewhere on the page is not interrupted.
 */
export function focusIfLost(element: HTMLElement | null): void {
  const { activeElement, body } = document;
  if (!activeElement || activeElement === body || activeElement.matches(':disabled')) element?.focus();
}
