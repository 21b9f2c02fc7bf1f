import "@mantine/core/styles.css";
import "./fonts.css";
import "./app/app.css";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { theme } from "./app/theme";
import { Toasts } from "./app/toasts";

const queries = new QueryClient({
  // Push tells when something is stale; until then what is known counts.
  defaultOptions: { queries: { staleTime: 5 * 60_000, retry: 1, refetchOnWindowFocus: false, networkMode: "always" }, mutations: { networkMode: "always" } },
});

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <App />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>,
  );
