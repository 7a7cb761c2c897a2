/** Waits until the first of the elements says this; fails at once when one of them is an alert. */
export async function expectText(locator, expected, timeoutMs) {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const texts = await locator.allInnerTexts();
    const found = texts.find((text) => (typeof expected === 'string' ? text.trim() === expected : expected.test(text.trim())));
    if (found !== undefined) return found.trim();
    if (Date.now() > until) {
      throw new Error(`the page says ${JSON.stringify(texts)}, not ${expected}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
