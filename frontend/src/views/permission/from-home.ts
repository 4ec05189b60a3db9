/** A path as people write it: what lies in the home folder begins with `~`. Pure. */

/** `~/shop` for what lies in `home`; any other path as it is. Empty: the home folder is not known. */
export function fromHome(path: string, home: string): string {
  const folder = home.endsWith("/") ? home.slice(0, -1) : home;
  if (folder === "" || !path.startsWith(folder)) return path;
  const rest = path.slice(folder.length);
  return rest === "" || rest.startsWith("/") ? `~${rest}` : path;
}
