/** The nonce with which this response's Content-Security-Policy allows style elements. */
export const NONCE = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
