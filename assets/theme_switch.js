// The switch between the device's theme, light and dark: kept in this browser.
const THEMES = ['system', 'light', 'dark'];

export function startThemeSwitch(words) {
  const button = document.querySelector('button.theme');
  if (!button) return;
  const root = document.documentElement;
  const show = (theme) => {
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
    button.setAttribute('aria-label', words[theme]);
    button.title = words[theme];
  };
  const current = () => root.dataset.theme ?? 'system';
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length];
    show(next);
    try {
      if (next === 'system') localStorage.removeItem('theme');
      else localStorage.setItem('theme', next);
    } catch {
      // A browser that keeps nothing shows the choice until the page is left.
    }
  });
  // Chosen on another page of this browser.
  addEventListener('storage', ({ key, newValue }) => {
    if (key === 'theme' || key === null) show(newValue ?? 'system');
  });
  show(current());
  button.hidden = false;
}
