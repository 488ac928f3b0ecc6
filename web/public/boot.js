// Applies the remembered theme and language to <html> before anything is painted.
(function () {
  var root = document.documentElement;
  try {
    if (localStorage.getItem('ani.theme') === 'light') root.dataset.theme = 'light';
    var language = localStorage.getItem('ani.language') || navigator.language || 'en';
    root.lang = language.slice(0, 2) === 'ru' ? 'ru' : 'en';
  } catch (blocked) {
    // Storage may be refused (private mode, site settings): the defaults in the page stand.
  }
})();
