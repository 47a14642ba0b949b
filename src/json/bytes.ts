/** Bytes in a megabyte, counted in powers of two. */
export const MEGABYTE = 1024 * 1024;
export const GIGABYTE = 1024 * MEGABYTE;
