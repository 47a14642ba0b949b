import type { ReactNode } from 'react';

/** Line icons of 16 pixels, drawn here to avoid shipping an icon set. */
function createIcon(path: ReactNode) {
  return () => {
    return (
      <svg
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {path}
      </svg>
    );
  };
}

export const ChevronIcon = createIcon(<path d="m4 6 4 4 4-4" />);
export const PlayIcon = createIcon(<path d="M5 3.5v9l7-4.5z" fill="currentColor" />);
export const StopIcon = createIcon(<rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor" />);
export const SunIcon = createIcon(
  <>
    <circle cx="8" cy="8" r="3" />
    <path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" />
  </>,
);
export const MoonIcon = createIcon(<path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z" />);
export const PlusIcon = createIcon(<path d="M8 3v10M3 8h10" />);
export const DownloadIcon = createIcon(<path d="M8 2.5v7.5M4.5 7 8 10.5 11.5 7M3 13.5h10" />);
export const CopyIcon = createIcon(
  <>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
  </>,
);
export const CheckIcon = createIcon(<path d="m3 8.5 3.5 3.5L13 4.5" />);
export const DatabaseIcon = createIcon(
  <>
    <ellipse cx="8" cy="3.5" rx="5" ry="2" />
    <path d="M3 3.5v9c0 1.1 2.2 2 5 2s5-.9 5-2v-9M3 8c0 1.1 2.2 2 5 2s5-.9 5-2" />
  </>,
);
export const CalendarIcon = createIcon(
  <>
    <rect x="2.5" y="3.5" width="11" height="10" rx="1.5" />
    <path d="M2.5 6.5h11M5.5 2v3M10.5 2v3" />
  </>,
);
