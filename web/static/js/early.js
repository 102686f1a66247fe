// Classic script, run before the first paint: the page must not grow after it has been drawn.
(function () {
  try {
    if (localStorage.getItem("elder") === "1") document.documentElement.dataset.elder = "";
  } catch {
    // storage may be forbidden; the normal size is fine then
  }
})();
