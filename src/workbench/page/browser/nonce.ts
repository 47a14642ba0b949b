/** The one value by which this response's Content-Security-Policy lets style elements in. */
export const NONCE = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
