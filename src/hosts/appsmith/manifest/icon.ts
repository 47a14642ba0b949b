const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#7856ff"/>' +
  '<rect x="7" y="17" width="4.5" height="8" rx="1.5" fill="#fff"/><rect x="13.75" y="7" width="4.5" height="18" rx="1.5" fill="#fff"/>' +
  '<rect x="20.5" y="12" width="4.5" height="13" rx="1.5" fill="#fff"/></svg>';

/** Carried in the document itself, so that no page has to ask another host for it. */
export const ICON = `data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`;
