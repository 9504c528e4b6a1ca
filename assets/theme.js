// The chosen theme, before the first paint: stands in the head of every page, so that none flashes.
try {
  const { theme } = localStorage;
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing shows what the device prefers.
}
