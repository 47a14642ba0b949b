import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const violet: MantineColorsTuple = [
  '#f3f0ff',
  '#e4deff',
  '#c9bdff',
  '#ac99ff',
  '#927aff',
  '#8266ff',
  '#7856ff',
  '#6744e3',
  '#5a3acb',
  '#4c2fb3',
];

const dark: MantineColorsTuple = [
  '#dfe2e8',
  '#c3c8d0',
  '#a6adb8',
  '#8d949f',
  '#363b44',
  '#31353d',
  '#23262d',
  '#1b1d22',
  '#16181d',
  '#131519',
];

export const theme = createTheme({
  primaryColor: 'violet',
  primaryShade: { light: 7, dark: 7 },
  colors: { violet, dark },
  defaultRadius: 'md',
  fontFamily: '"Inter Variable", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  components: {
    Badge: { styles: { label: { fontWeight: 550 } } },
    Alert: {
      defaultProps: { variant: 'outline' },
      styles: {
        root: { backgroundColor: 'var(--wb-surface)' },
        label: { color: 'var(--mantine-color-text)' },
      },
    },
    Select: { defaultProps: { comboboxProps: { shadow: 'md' } } },
    Autocomplete: { defaultProps: { comboboxProps: { shadow: 'md' } } },
    TagsInput: { defaultProps: { comboboxProps: { shadow: 'md' } } },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, withinPortal: false } },
  },
  headings: { fontWeight: '600' },
  respectReducedMotion: true,
});

/** Replaces Mantine's greys and reds that fail the contrast of WCAG AA on its backgrounds. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#545b64',
    '--mantine-color-placeholder': '#6b727b',
    '--mantine-color-error': '#c92a2a',
    '--wb-canvas': '#f6f7f9',
    '--wb-surface': '#ffffff',
    '--wb-line': '#e1e4e8',
    '--wb-hover': '#f1f2f5',
    '--wb-string': '#1a7040',
    '--wb-number': '#0b5cad',
    '--wb-keyword': '#8b2fa8',
    '--wb-key': '#5a3acb',
  },
  dark: {
    '--mantine-color-dimmed': '#a6adb8',
    '--mantine-color-placeholder': '#8d949f',
    '--mantine-color-error': '#ff9d9d',
    '--wb-canvas': '#131519',
    '--wb-surface': '#1b1d22',
    '--wb-line': '#31353d',
    '--wb-hover': '#262a31',
    '--wb-string': '#7bd8a0',
    '--wb-number': '#7cc0ff',
    '--wb-keyword': '#e0a3f5',
    '--wb-key': '#b8a8ff',
  },
});
