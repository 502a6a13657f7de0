import { useEffect, useRef, useState } from "react";

const FIRST_GUESS_PX = 640;

/** Measure an element, so that a plot's text keeps its size on every screen. */
export function useWidth<E extends HTMLElement>() {
  const element = useRef<E>(null);
  const [width, setWidth] = useState(FIRST_GUESS_PX);
  useEffect(() => {
    if (element.current === null || typeof ResizeObserver === "undefined") {
      return;
    }
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) {
        setWidth(Math.round(entry.contentRect.width));
      }
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}
