const COLOR = '#7856ff';
/** Lighter, for dark backgrounds. */
const DARK_COLOR = '#957aff';

/** The icon every host shows, as SVG. */
export const ICON_SVG = icon(COLOR);
export const DARK_ICON_SVG = icon(DARK_COLOR);

function icon(color: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${color}"/>` +
    '<rect x="7" y="17" width="4.5" height="8" rx="1.5" fill="#fff"/><rect x="13.75" y="7" width="4.5" height="18" rx="1.5" fill="#fff"/>' +
    '<rect x="20.5" y="12" width="4.5" height="13" rx="1.5" fill="#fff"/></svg>'
  );
}
