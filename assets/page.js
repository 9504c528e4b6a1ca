// What a page does beyond being read: everything here may fail or be missing, and the page is whole.
import { startDays } from './days.js';
import { startLive } from './live.js';
import { startThemeSwitch } from './theme_switch.js';
import { startTimes } from './times.js';

// `WORDS` stands before the joined modules: what they say, by language.
const words = WORDS[document.documentElement.lang];
const own = document.querySelector('script[data-zone]');
const { zone, zoneShort, events, beat, front } = own.dataset;
startThemeSwitch(words);
startDays();
const times = startTimes(words);
if (events) {
  const page = { zone, zoneShort, events, beat, isFront: front !== undefined, script: own.src };
  startLive(page, words, times);
}
