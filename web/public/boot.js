// Applies theme and language to <html> before anything is painted: those chosen here before, else the browser's.
(function () {
  var root = document.documentElement;
  function chosen(name) {
    try {
      return localStorage.getItem('ani.' + name);
    } catch (blocked) {
      return null; // Storage may be refused (private mode, site settings).
    }
  }
  var theme = chosen('theme') || (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');
  root.dataset.theme = theme === 'light' ? 'light' : 'dark';
  root.lang = (chosen('language') || navigator.language || 'en').slice(0, 2) === 'ru' ? 'ru' : 'en';
})();
