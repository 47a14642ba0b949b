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
export const UploadIcon = createIcon(<path d="M8 10V2.5M4.5 6 8 2.5 11.5 6M3 13.5h10" />);
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
export const PencilIcon = createIcon(
  <path d="m3 13 .7-3 6.6-6.6a1.4 1.4 0 0 1 2 0l.3.3a1.4 1.4 0 0 1 0 2L6 12.3z" />,
);
export const TrashIcon = createIcon(
  <path d="M3 4.5h10M6.5 4V2.5h3V4M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v3.5M9.2 7v3.5" />,
);
export const LinkIcon = createIcon(
  <path d="M6.5 9.5a2.5 2.5 0 0 0 3.6.2l2.2-2.2a2.5 2.5 0 0 0-3.6-3.6L7.6 5M9.5 6.5a2.5 2.5 0 0 0-3.6-.2L3.7 8.5a2.5 2.5 0 0 0 3.6 3.6l1.1-1.1" />,
);
export const HistoryIcon = createIcon(
  <path d="M2.5 8a5.5 5.5 0 1 1 1.7 4M2.5 12.5V9.3h3.2M8 5v3.3l2.2 1.4" />,
);
const STAR = 'm8 2 1.8 3.8 4.1.5-3 2.8.8 4.1L8 11.2l-3.7 2 .8-4.1-3-2.8 4.1-.5z';
const EmptyStarIcon = createIcon(<path d={STAR} />);
const FilledStarIcon = createIcon(<path d={STAR} fill="currentColor" />);
export const StarIcon = ({ filled }: { filled: boolean }) =>
  filled ? <FilledStarIcon /> : <EmptyStarIcon />;
