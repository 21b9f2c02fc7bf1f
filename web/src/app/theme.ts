import { createTheme, Loader, type MantineColorsTuple } from "@mantine/core";

// The red of the state's flag, darkened until white text on it is easy to read.
const red: MantineColorsTuple = ["#fdeeee", "#f6d6d7", "#ecabae", "#e27d82", "#d9565c", "#cf3a43", "#b82530", "#8f1620", "#7b101a", "#640a13"];

export const theme = createTheme({
  primaryColor: "congvu",
  primaryShade: { light: 7, dark: 6 },
  colors: { congvu: red },
  fontFamily: '"Be Vietnam Pro", system-ui, "Segoe UI", sans-serif',
  headings: { fontFamily: '"Be Vietnam Pro", system-ui, sans-serif', fontWeight: "600" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  // Its label is read only where it has a role.
  components: { Loader: Loader.extend({ defaultProps: { role: "status" } }) },
});
