import { lazy, Suspense } from "react";
import { Route, Routes } from "react-router";
import { Loading } from "@/components/States";
import { Frame } from "@/frame/Frame";
import { NotFound } from "@/frame/NotFound";
import { ScreenBoundary } from "@/frame/ScreenBoundary";
import { SessionGate } from "@/frame/SessionGate";
import { NAVIGATION, PAGES } from "@/screens/registry";

const SCREENS = [...NAVIGATION, ...PAGES].map(({ path, label, load }) => ({
  path,
  label,
  Component: lazy(async () => ({ default: await load() })),
}));

/** The whole page: whoever is signed in sees the frame, and in it the screen of the address. */
export function App() {
  return (
    <SessionGate>
      <Routes>
        <Route element={<Frame />}>
          {SCREENS.map(({ path, label, Component }) => (
            <Route
              key={path}
              path={path}
              element={
                <ScreenBoundary key={path}>
                  <Suspense fallback={<Loading what={label} />}>
                    <Component />
                  </Suspense>
                </ScreenBoundary>
              }
            />
          ))}
          <Route path="*" element={<NotFound />} />
        </Route>
      </Routes>
    </SessionGate>
  );
}
