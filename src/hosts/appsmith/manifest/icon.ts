import { ICON_SVG } from '../../icon.js';

/** Carried in the document itself, so that no page has to ask another host for it. */
export const ICON = `data:image/svg+xml;base64,${Buffer.from(ICON_SVG).toString('base64')}`;
