// Sets the chosen theme before the first paint.
try {
  const theme = localStorage.getItem("voxpilot.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is refused: the system's theme holds.
}
