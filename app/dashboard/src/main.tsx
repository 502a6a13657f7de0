import "./styles/base.css";
import "./styles/tokens.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { watchPresence } from "@/api/presence";
import { makeQueryClient } from "@/api/queries";
import { watchHistory } from "@/hooks/useLeaveGuard";
import { showTheme } from "@/hooks/useSetting";
import { App } from "./App";
import { reloadAfterDeploy } from "./reload";

showTheme();
watchHistory();
watchPresence(document);
reloadAfterDeploy();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={makeQueryClient()}>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </QueryClientProvider>
    </StrictMode>,
  );
}
